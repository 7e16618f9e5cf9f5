/** Reads the issuers of a federation. */
import type { Problem, Warning } from "../errors";
import {
  checkHost,
  checkIssuer,
  cloudOfIssuer,
  defaultAudience,
  issuerUrl,
  issuerWarnings,
  urlsOf,
} from "../issuer/issuer";
import type { IssuerInput } from "../issuer/issuer";
import { DATABRICKS_ACCOUNT_ID, WORKSPACE_ID } from "../issuer/rules";
import { violation } from "../text/text-rule";
import type { TextRule } from "../text/text-rule";
import type { FederationIssuer } from "./model";
import { formatPath } from "./path";
import { ISSUER_KEY } from "./rules";
import type { ParsedIssuer } from "./schema";
import { issuerSchema } from "./fields/issuer";
import type { Shaped, TypedAt } from "./shape";
import { shape } from "./shape";
import { asRecord } from "../text/members";

export interface ReadIssuers {
  readonly byKey: Readonly<Record<string, FederationIssuer>>;
  /** Keys of issuers in the file that could not be read: trusts that name them are not reported for it. */
  readonly broken: ReadonlySet<string>;
  readonly problems: readonly Problem[];
  readonly warnings: readonly Warning[];
}

/** Each issuer by itself; what spans several is `checkFederation`'s. */
export function readIssuers(raw: Readonly<Record<string, unknown>>, typedAt: TypedAt): ReadIssuers {
  const byKey: Record<string, FederationIssuer> = {};
  const broken = new Set<string>();
  const problems: Problem[] = [];
  const warnings: Warning[] = [];
  for (const [key, value] of Object.entries(raw)) {
    const read = readIssuer(key, value, typedAt);
    problems.push(...read.problems);
    warnings.push(...read.warnings);
    if (read.value === undefined) broken.add(key);
    else byKey[key] = read.value;
  }
  return { byKey, broken, problems, warnings };
}

/** Reads one issuer; undefined where anything is wrong with it. */
export function readIssuer(
  key: string,
  raw: unknown,
  typedAt: TypedAt,
): Shaped<FederationIssuer> & { readonly warnings: readonly Warning[] } {
  const at = ["issuers", key];
  const path = formatPath(at);
  const shaped = shape(issuerSchema, raw, at, typedAt);
  const problems = [
    ...[violation(ISSUER_KEY, key, path)].flatMap((problem) => problem ?? []),
    ...shaped.problems,
    ...(shaped.value === undefined ? checkIssuerParts(raw, path) : checkIssuer(shaped.value, path)),
  ];
  if (problems.length > 0 || shaped.value === undefined) return { value: undefined, problems, warnings: [] };
  return { value: federationIssuer(key, shaped.value), problems, warnings: issuerWarnings(shaped.value, path) };
}

/** Problems of the readable parts of an issuer whose shape is wrong, so that one mistake hides no other. */
function checkIssuerParts(raw: unknown, path: string): readonly Problem[] {
  const parts = asRecord(raw) ?? {};
  const custom = parts["allowCustomHost"] === true;
  const text = (key: string, check: (value: string, place: string) => readonly Problem[]): readonly Problem[] => {
    const value = parts[key];
    return typeof value === "string" ? check(value, `${path}.${key}`) : [];
  };
  const rule =
    (of: TextRule) =>
    (value: string, place: string): readonly Problem[] =>
      [violation(of, value, place)].flatMap((problem) => problem ?? []);
  return [
    ...text("host", (value, place) => checkHost(value, place, custom)),
    ...text("accountsHost", (value, place) => checkHost(value, place, custom)),
    ...text("workspaceId", rule(WORKSPACE_ID)),
    ...text("accountId", rule(DATABRICKS_ACCOUNT_ID)),
  ];
}

/** An issuer as declared, with everything derived from it. The declaration must have passed `checkIssuer`. */
function federationIssuer(key: string, declared: ParsedIssuer): FederationIssuer {
  const { audiences, existingProviderArn, ...rest } = declared;
  const input: IssuerInput = rest;
  return {
    key,
    level: input.level,
    input,
    cloud: cloudOfIssuer(input),
    ...urlsOf(issuerUrl(input)),
    audiences: audiences === undefined || audiences.length === 0 ? [defaultAudience(input)] : [...new Set(audiences)],
    existingProviderArn: existingProviderArn ?? null,
  };
}
