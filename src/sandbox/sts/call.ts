/** A call to STS: its context, and its parameters within the bounds of the service model. Pure. */
import { counted } from "../../text/words";
import type { KeySet } from "../../sts/verify-signature";
import type { WebIdentityProvider } from "../../sts/web-identity";
import { asRecord } from "../../text/members";
import type { SimulatedRole } from "../directory/directory";
import type { Seal } from "../seal";

export interface StsAccount {
  readonly providers: readonly WebIdentityProvider[];
  /** By ARN. */
  readonly roles: ReadonlyMap<string, SimulatedRole>;
}

/** Outbound identity federation: AWS as issuer of tokens about its own identities. */
export interface Outbound {
  /** The issuer of an AWS account. */
  readonly issuerOf: (accountId: string) => string;
  readonly sign: (algorithm: "RS256" | "ES384", claims: Readonly<Record<string, unknown>>) => Promise<string>;
  /** With RS256, as Databricks verifies them. */
  readonly keys: KeySet;
}

export interface Sts {
  /** By 12 digits. */
  readonly accounts: ReadonlyMap<string, StsAccount>;
  readonly seal: Seal;
  readonly outbound: Outbound;
  /** Further keys of every request, e.g. `aws:SourceIp`. */
  readonly context: Readonly<Record<string, readonly string[]>>;
  /** Seconds since the epoch. */
  readonly now: () => number;
  /** Reports why a call was refused; null: not wanted. */
  readonly explain: ((text: string) => void) | null;
}

export interface StsCall extends Omit<Sts, "now"> {
  readonly parameters: URLSearchParams;
  readonly now: number;
}

export class StsRefusal extends Error {
  readonly code: string;
  /** Whether its reason was reported already. */
  readonly explained: boolean;

  /** Code and message as AWS gives them. */
  constructor(code: string, message: string, explained = false) {
    super(message);
    this.code = code;
    this.explained = explained;
  }
}

/** What a text parameter may be: length in characters, and a pattern where the model has one. */
interface TextShape {
  readonly name: string;
  readonly required: boolean;
  readonly least: number;
  readonly most: number;
  readonly pattern?: string;
  /** Its value is a secret: not repeated. */
  readonly hidden?: boolean;
}

const WORD = "[\\w+=,.@-]*";
const ROLE_ARN: TextShape = {
  name: "RoleArn",
  required: true,
  least: 20,
  most: 2048,
  pattern: "[\\u0009\\u000A\\u000D\\u0020-\\u007E\\u0085\\u00A0-\\uD7FF\\uE000-\\uFFFD\\u10000-\\u10FFFF]+",
};
const ROLE_SESSION_NAME: TextShape = { name: "RoleSessionName", required: true, least: 2, most: 64, pattern: WORD };
const POLICY: TextShape = { name: "Policy", required: false, least: 1, most: 100_000 };

export const SHAPES = {
  AssumeRoleWithWebIdentity: [
    ROLE_ARN,
    ROLE_SESSION_NAME,
    { name: "WebIdentityToken", required: true, least: 4, most: 20_000, hidden: true },
    { name: "ProviderId", required: false, least: 4, most: 2048 },
    POLICY,
  ],
  AssumeRole: [
    ROLE_ARN,
    ROLE_SESSION_NAME,
    { name: "ExternalId", required: false, least: 2, most: 1224, pattern: "[\\w+=,.@:\\/-]*" },
    { name: "SourceIdentity", required: false, least: 2, most: 64, pattern: WORD },
    POLICY,
  ],
} as const satisfies Readonly<Record<string, readonly TextShape[]>>;

/** The pattern of RoleArn is only shown: roleArnOf tests the form of an ARN. */
const NOT_TESTED = ROLE_ARN.pattern;

/** Throws StsRefusal `ValidationError` with everything that breaks its bounds, as AWS counts it up. */
export function checkShapes(parameters: URLSearchParams, shapes: readonly TextShape[]): void {
  const broken = shapes.flatMap((shape) => constraintsBroken(shape, parameters.get(shape.name)));
  if (broken.length > 0)
    throw new StsRefusal(
      "ValidationError",
      `${counted(broken.length, "validation error")} detected: ${broken.join("; ")}`,
    );
}

function constraintsBroken(shape: TextShape, value: string | null): readonly string[] {
  const member = shape.name.charAt(0).toLowerCase() + shape.name.slice(1);
  const failed = (shown: string, constraint: string): string =>
    `Value ${shown} at '${member}' failed to satisfy constraint: Member must ${constraint}`;
  if (value === null) return shape.required ? [failed("null", "not be null")] : [];
  const shown = shape.hidden === true ? "***" : `'${value.slice(0, 100)}'`;
  return [
    ...(value.length < shape.least ? [failed(shown, `have length greater than or equal to ${shape.least}`)] : []),
    ...(value.length > shape.most ? [failed(shown, `have length less than or equal to ${shape.most}`)] : []),
    ...(shape.pattern !== undefined && shape.pattern !== NOT_TESTED && !new RegExp(`^${shape.pattern}$`).test(value)
      ? [failed(shown, `satisfy regular expression pattern: ${shape.pattern}`)]
      : []),
  ];
}

export interface RoleArnParts {
  readonly arn: string;
  readonly accountId: string;
  /** Without path. */
  readonly roleName: string;
}

/** Throws StsRefusal `ValidationError`. */
export function roleArnOf(parameters: URLSearchParams): RoleArnParts {
  const arn = parameters.get("RoleArn") ?? "";
  const [, accountId, roleName] =
    /^arn:aws(?:-us-gov|-cn)?:iam::([0-9]{12}):role\/(?:[\u0021-\u007E]*\/)?([\w+=,.@-]{1,64})$/.exec(arn) ?? [];
  if (accountId === undefined || roleName === undefined)
    throw new StsRefusal("ValidationError", "Request ARN is invalid");
  return { arn, accountId, roleName };
}

/** Seconds; null where not given. Its bounds are checked with the call. Throws StsRefusal `MalformedInput`. */
export function durationOf(parameters: URLSearchParams): number | null {
  const text = parameters.get("DurationSeconds");
  if (text === null) return null;
  if (!/^-?[0-9]{1,10}$/.test(text)) throw new StsRefusal("MalformedInput", "DurationSeconds must be an integer.");
  return Number(text);
}

/**
 * Throws StsRefusal `MalformedPolicyDocument`: only the form of a session policy is checked: sessions have no
 * permissions here.
 */
export function checkSessionPolicy(parameters: URLSearchParams): void {
  const policy = parameters.get("Policy");
  if (policy === null) return;
  try {
    if (asRecord(JSON.parse(policy)) !== undefined) return;
  } catch {
    // reported below
  }
  throw new StsRefusal("MalformedPolicyDocument", "The policy is not in the valid JSON format.");
}

/** `Tags.member.1.Key` and its value, up to AWS' fifty. Throws StsRefusal `ValidationError`. */
export function tagsOf(parameters: URLSearchParams): ReadonlyMap<string, string> {
  const tags = new Map<string, string>();
  for (let number = 1; parameters.has(`Tags.member.${number}.Key`); number += 1) {
    if (number > 50)
      throw new StsRefusal(
        "ValidationError",
        "1 validation error detected: Value at 'tags' failed to satisfy constraint: Member must have length " +
          "less than or equal to 50",
      );
    tags.set(parameters.get(`Tags.member.${number}.Key`) ?? "", parameters.get(`Tags.member.${number}.Value`) ?? "");
  }
  return tags;
}
