/** The verb `explain`, from its flags to its answer: reads files and standard input, then asks the pure parts. */
import { InputError } from "../errors";
import { requireRoleArn } from "../federation/find";
import { readFederationFile } from "../files/load-federation";
import { readText } from "../files/read-file";
import type { Environment } from "../network/environment";
import { variable } from "../network/environment";
import { readGivenToken } from "../token/token-file";
import { keySet } from "../sts/verify-signature";
import { readContext } from "./context";
import type { Explanation, Presented } from "./explain";
import { explain } from "./explain";
import type { Asked } from "./subject-of";
import { askedOfFederation, askedOfPolicy } from "./subject-of";
import { explanationText } from "./text";

/** Values as typed; undefined where not given. */
export interface ExplainRequest {
  readonly environment: Environment;
  readonly config: string | undefined;
  readonly role: string | undefined;
  readonly account: string | undefined;
  readonly policy: string | undefined;
  readonly providerUrl: string | undefined;
  readonly clientIds: readonly string[];
  readonly token: string | undefined;
  readonly claims: string | undefined;
  readonly jwks: string | undefined;
  readonly roleArn: string | undefined;
  readonly now: string | undefined;
  readonly context: readonly string[];
}

/**
 * Answers `explain`. Throws InputError (token-in-argv, explain-needs, claims-unreadable, jwks-unreadable,
 * context-invalid, time-invalid, role-arn-invalid, role-not-found, trust-policy-unreadable, …) and OutsideError
 * (file-not-found,
 * file-unreadable).
 */
export async function answerExplain(
  request: ExplainRequest,
): Promise<{ readonly explanation: Explanation; readonly text: string }> {
  const keys = request.jwks === undefined ? null : keySet(readJwks(request.jwks));
  if (request.roleArn !== undefined) requireRoleArn(request.roleArn);
  const asked = whatIsAsked(request, keys);
  const role = request.roleArn === undefined ? asked.role : { ...asked.role, arn: request.roleArn };
  const explanation = await explain(whatIsPresented(request), asked.providers, role, {
    roleSessionName: "explain",
    durationSeconds: null,
    context: readContext(request.context),
    now: timeOf(request.now, request.environment),
  });
  return { explanation, text: explanationText(explanation, asked.name) };
}

/** Two answers to one question: neither is taken, so that nobody reads the answer to the other. */
function oneOf(first: string, second: string): InputError {
  return new InputError([
    {
      code: "explain-needs",
      message: `--${first} and --${second} are both given.`,
      path: first,
      fix: `Leave one of them out.`,
    },
  ]);
}

function whatIsAsked(request: ExplainRequest, keys: ReturnType<typeof keySet> | null): Asked {
  if (request.policy !== undefined) {
    if (request.config !== undefined) throw oneOf("policy", "config");
    if (request.role !== undefined) throw oneOf("policy", "role");
    if (request.providerUrl === undefined || request.clientIds.length === 0) {
      throw new InputError([
        {
          code: "explain-needs",
          message: "A policy by itself does not say what the provider registers.",
          path: "provider-url",
          fix: "Add --provider-url and --client-id, as aws iam get-open-id-connect-provider shows them.",
        },
      ]);
    }
    return askedOfPolicy(
      readInput(request.policy),
      { providerUrl: request.providerUrl, clientIds: request.clientIds, roleArn: request.roleArn },
      keys,
    );
  }
  const { federation } = readFederationFile(request.config);
  const only = federation.roles.length === 1 ? federation.roles[0]?.key : undefined;
  const role = request.role ?? only;
  if (role === undefined) {
    throw new InputError([
      {
        code: "explain-needs",
        message: "Which role is not said.",
        path: "role",
        fix: `Add --role, one of: ${federation.roles
          .map(({ key }) => key)
          .slice(0, 20)
          .join(", ")}.`,
      },
    ]);
  }
  return askedOfFederation(federation, role, request.account, keys);
}

function whatIsPresented(request: ExplainRequest): Presented {
  if (request.token !== undefined && request.claims !== undefined) throw oneOf("token", "claims");
  if (request.token !== undefined) return { kind: "token", text: readGivenToken(request.token).reveal() };
  if (request.claims !== undefined) {
    const claims = readJson(request.claims, "claims");
    if (typeof claims === "object" && claims !== null && !Array.isArray(claims))
      return { kind: "claims", claims: claims as Readonly<Record<string, unknown>> };
    throw new InputError([
      {
        code: "claims-unreadable",
        message: `${request.claims} holds no JSON object.`,
        path: "claims",
        fix: "Give the decoded payload of a token.",
      },
    ]);
  }
  const fromEnvironment = variable(request.environment, "DATABRICKS_TOKEN_JWT");
  if (fromEnvironment !== undefined) return { kind: "token", text: fromEnvironment };
  throw new InputError([
    {
      code: "explain-needs",
      message: "There is no token to judge.",
      path: "token",
      fix:
        "Pipe one in with --token -, name a file with --token @FILE, set DATABRICKS_TOKEN_JWT, or give " +
        "--claims FILE.",
    },
  ]);
}

function readJson(file: string, what: "claims" | "jwks"): unknown {
  try {
    return JSON.parse(readInput(file)) as unknown;
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw new InputError([
      {
        code: `${what}-unreadable`,
        message: `${file} is no JSON.`,
        path: what,
        fix:
          what === "jwks" ? "Fetch it from the discovery document's jwks_uri." : "Give the decoded payload of a token.",
      },
    ]);
  }
}

/** A key set is a list under `keys`; a discovery document passes for one otherwise, and no key would ever be found. */
function readJwks(file: string): unknown {
  const value = readJson(file, "jwks");
  if (typeof value === "object" && value !== null && Array.isArray((value as { readonly keys?: unknown }).keys))
    return value;
  throw new InputError([
    {
      code: "jwks-unreadable",
      message: `${file} is no key set: it has no list under "keys".`,
      path: "jwks",
      fix: "Fetch it from the discovery document's jwks_uri.",
    },
  ]);
}

function readInput(file: string): string {
  return readText(file, "Check the path.");
}

function timeOf(text: string | undefined, environment: Environment): number {
  if (text === undefined) return Math.floor(environment.now() / 1000);
  if (/^[0-9]{1,11}$/.test(text)) return Number(text);
  throw new InputError([
    {
      code: "time-invalid",
      message: `${JSON.stringify(text)} is no time.`,
      path: "now",
      fix: "Give whole seconds since 1970.",
    },
  ]);
}
