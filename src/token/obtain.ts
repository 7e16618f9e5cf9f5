/** Obtains a Databricks token: by the way that is named, or by the first that is there. */
import { FederationError, InputError, OutsideError } from "../errors";
import type { Secret } from "../text/secret";
import { secret } from "../text/secret";
import type { Environment } from "../network/environment";
import { variable } from "../network/environment";
import { askDatabricksCli, findDatabricksCli } from "./databricks-cli";
import { readProfile } from "./databricks-profile";
import type { DatabricksProfile } from "./databricks-profile";
import { askGithub, inGithubActions } from "./github-actions";
import { readBounded } from "../files/read-file";
import type { Grant, MintedToken } from "./mint";
import { mint } from "./mint";
import type { TokenSourceName } from "./sources";
import { sourcesOfAuthType } from "./source-names";
import { TOKEN_SOURCE_NAMES, TOKEN_SOURCES } from "./sources";
import type { IssuerTarget, TokenEndpoint } from "./target";
import { hostOfTarget, tokenEndpointFor } from "./target";

/**
 * The narrowest scope a workspace's discovery document lists: the token says who it is and opens no API. AWS needs no
 * more. Databricks' own SDKs ask for `all-apis`.
 */
export const DEFAULT_SCOPE = "openid";
const DEFAULT_TIMEOUT_MS = 20_000;
export const MAX_TOKEN_FILE_BYTES = 64 * 1024;

export interface TokenOptions {
  readonly environment: Environment;
  /** Only this way; default: the first of TOKEN_SOURCE_NAMES that is there. */
  readonly from?: TokenSourceName | undefined;
  /** The issuers whose tokens would do, e.g. those a role trusts; none: whatever DATABRICKS_HOST is. */
  readonly targets?: readonly IssuerTarget[];
  /** For `file`. */
  readonly tokenFile?: string | undefined;
  /** A profile of ~/.databrickscfg, for `databricks-cli` and `profile`. */
  readonly profile?: string | undefined;
  readonly scope?: string | undefined;
  readonly timeoutMs?: number;
}

export interface ObtainedToken {
  /** A JWT, or an opaque token where `opaque` says so. */
  readonly token: Secret;
  readonly source: TokenSourceName;
  /** Where exactly, e.g. `variable DATABRICKS_TOKEN`; no secret in it. */
  readonly place: string;
  readonly opaque: boolean;
  /** Ways that were there and did not do, each in a sentence. */
  readonly passedOver: readonly string[];
}

/** What a way finds: a token, nothing, or a reason not to take it while others are left. */
type Found = { readonly token: Secret; readonly place: string } | { readonly passOver: FederationError } | undefined;
type Way = (context: Context) => Promise<Found> | Found;

interface Context extends TokenOptions {
  readonly timeoutMs: number;
  readonly named: boolean;
}

/** Whether `text` has the shape of a JWT: three base64url parts. Opaque tokens (`dapi…`, `dkea…`) have not. */
export function looksLikeJwt(text: string): boolean {
  return /^eyJ[A-Za-z0-9_-]*\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*$/.test(text);
}

/**
 * A Databricks token. Without `from`, the first way that is there decides (of those that use the token file, profile
 * or DATABRICKS_AUTH_TYPE that is named); if it then fails, that is the answer, so that an identity is never swapped
 * silently (the CLI alone,
 * which may be there without a log-in, is passed over).
 * Throws InputError token-source-missing, token-opaque, those of `tokenEndpointFor`; OutsideError those of `mint`,
 * databricks-cli-failed, file-unreadable.
 */
export async function obtainToken(question: TokenOptions): Promise<ObtainedToken> {
  const passed: FederationError[] = [];
  const context: Context = {
    ...question,
    timeoutMs: question.timeoutMs ?? DEFAULT_TIMEOUT_MS,
    named: question.from !== undefined,
  };
  for (const name of namesOf(question)) {
    const found = await WAYS[name](context);
    if (found === undefined) continue;
    if ("passOver" in found) {
      if (context.named) throw found.passOver;
      passed.push(found.passOver);
      continue;
    }
    return {
      token: found.token,
      place: found.place,
      source: name,
      opaque: !looksLikeJwt(found.token.reveal()),
      passedOver: passed.map((error) => error.problems[0]?.message ?? ""),
    };
  }
  const [last] = passed.slice(-1);
  if (last !== undefined) throw last;
  if (question.from !== undefined) {
    throw new InputError([
      {
        code: "token-source-missing",
        message: `The way ${question.from} is not there.`,
        fix: `It needs ${TOKEN_SOURCES[question.from].needs}.`,
      },
    ]);
  }
  const authType = variable(question.environment, "DATABRICKS_AUTH_TYPE");
  if (authType !== undefined && namesOf(question) !== TOKEN_SOURCE_NAMES && question.profile === undefined) {
    throw new InputError([
      {
        code: "token-source-missing",
        message: `DATABRICKS_AUTH_TYPE is ${authType}, and that way is not there.`,
        fix: `It needs ${namesOf(question)
          .map((name) => TOKEN_SOURCES[name].needs)
          .join("; or ")}.`,
      },
    ]);
  }
  throw new InputError([
    {
      code: "token-source-missing",
      message: "There is no way to a Databricks token here.",
      fix: "On a laptop: `databricks auth login`, then set DATABRICKS_HOST. Elsewhere see docs/token.md.",
    },
  ]);
}

/** Who names a token file, a profile or DATABRICKS_AUTH_TYPE means that one, whatever else is there. */
function namesOf(question: TokenOptions): readonly TokenSourceName[] {
  if (question.from !== undefined) return [question.from];
  if (question.tokenFile !== undefined) return ["file"];
  if (question.profile !== undefined) return ["databricks-cli", "profile"];
  return sourcesOfAuthType(variable(question.environment, "DATABRICKS_AUTH_TYPE") ?? "") ?? TOKEN_SOURCE_NAMES;
}

const WAYS: Readonly<Record<TokenSourceName, Way>> = {
  "databricks-app": (context) =>
    variable(context.environment, "DATABRICKS_APP_NAME") === undefined
      ? undefined
      : clientCredentials(context, "the app's injected client"),
  notebook: notebook,
  "env-oidc": (context) => {
    const name = variable(context.environment, "DATABRICKS_OIDC_TOKEN_ENV") ?? "DATABRICKS_OIDC_TOKEN";
    const token = variable(context.environment, name);
    return token === undefined ? undefined : federated(context, secret(token), `variable ${name}`);
  },
  "file-oidc": (context) => {
    const file =
      variable(context.environment, "DATABRICKS_OIDC_TOKEN_FILEPATH") ??
      variable(context.environment, "DATABRICKS_OIDC_TOKEN_FILE");
    return file === undefined ? undefined : federated(context, readTokenFile(file), `file ${file}`);
  },
  "github-oidc": async (context) => {
    if (!inGithubActions(context.environment) || (!context.named && clientIdOf(context) === undefined))
      return undefined;
    const audience = variable(context.environment, "DATABRICKS_TOKEN_AUDIENCE") ?? usualAudience(placeFor(context));
    return federated(
      context,
      await askGithub(context.environment, audience, context.timeoutMs),
      "GitHub's token of this job",
    );
  },
  file: (context) => {
    const file = context.tokenFile ?? variable(context.environment, "DATABRICKS_AWS_OIDC_TOKEN_FILE");
    return file === undefined ? undefined : { token: readTokenFile(file), place: `file ${file}` };
  },
  env: (context) => {
    const token = variable(context.environment, "DATABRICKS_TOKEN");
    if (token === undefined) return undefined;
    if (context.named || looksLikeJwt(token)) return { token: secret(token), place: "variable DATABRICKS_TOKEN" };
    return { passOver: opaqueToken("DATABRICKS_TOKEN") };
  },
  "databricks-cli": databricksCli,
  "client-credentials": (context) => clientCredentials(context, "DATABRICKS_CLIENT_SECRET"),
  profile: profile,
};

/** AWS can not verify an opaque token. Code `token-opaque`. */
export function opaqueToken(where: string): InputError {
  return new InputError([
    {
      code: "token-opaque",
      message:
        `${where} holds an opaque token (a personal access token, or a notebook's own): nobody but ` +
        `Databricks can verify it, so AWS takes none.`,
      fix:
        "Use an OAuth token: `databricks auth login`, workload identity federation, or in a notebook the " +
        "generated client (docs/token.md).",
    },
  ]);
}

/**
 * The profile that DATABRICKS_CONFIG_PROFILE names, where DATABRICKS_HOST names no host: SDKs take the host from
 * there.
 */
function profileForHost({ environment }: Context): DatabricksProfile | undefined {
  const wanted =
    variable(environment, "DATABRICKS_HOST") === undefined &&
    variable(environment, "DATABRICKS_CONFIG_PROFILE") !== undefined;
  return wanted ? readProfile(environment) : undefined;
}

/** The service principal's, for workload identity federation. */
function clientIdOf(context: Context): string | undefined {
  return variable(context.environment, "DATABRICKS_CLIENT_ID") ?? profileForHost(context)?.clientId;
}

/** What SDKs ask GitHub for, as Databricks expects it: the account's ID at an account, else the token endpoint. */
function usualAudience({ endpoint, level }: TokenEndpoint): string {
  return level === "account"
    ? (endpoint.pathname.split("/accounts/")[1]?.split("/")[0] ?? endpoint.href)
    : endpoint.href;
}

function placeFor(context: Context, profileSettings = profileForHost(context)): TokenEndpoint {
  const { environment } = context;
  return tokenEndpointFor({
    host: profileSettings === undefined ? variable(environment, "DATABRICKS_HOST") : profileSettings.host,
    accountId: profileSettings?.accountId ?? variable(environment, "DATABRICKS_ACCOUNT_ID"),
    targets: context.targets ?? [],
  });
}

function minted(context: Context, grant: Grant, place = placeFor(context)): Promise<MintedToken> {
  return mint(place, grant, {
    scope: context.scope ?? DEFAULT_SCOPE,
    env: context.environment.env,
    timeoutMs: context.timeoutMs,
  });
}

async function clientCredentials(context: Context, where: string): Promise<Found> {
  const clientId = variable(context.environment, "DATABRICKS_CLIENT_ID");
  const clientSecret = variable(context.environment, "DATABRICKS_CLIENT_SECRET");
  if (clientId === undefined || clientSecret === undefined) return undefined;
  const { token } = await minted(context, { kind: "client-credentials", clientId, clientSecret: secret(clientSecret) });
  return { token, place: where };
}

async function notebook(context: Context): Promise<Found> {
  const token = variable(context.environment, "DATABRICKS_TOKEN");
  const inRuntime = variable(context.environment, "DATABRICKS_RUNTIME_VERSION") !== undefined;
  if (token === undefined || looksLikeJwt(token) || (!inRuntime && !context.named)) return undefined;
  const place = placeFor(context);
  if (place.level === "account") {
    throw new InputError([
      {
        code: "token-source-incomplete",
        message: "A notebook's own token is exchanged at its workspace, and the issuer asked for is the account's.",
        fix: "Trust the workspace issuer, or use workload identity federation.",
      },
    ]);
  }
  const grant: Grant = {
    kind: "exchange",
    subjectToken: secret(token),
    subjectTokenType: "personal-access-token",
    clientId: undefined,
  };
  return {
    token: (await minted(context, grant, place)).token,
    place: "the ambient token in DATABRICKS_TOKEN, exchanged",
  };
}

async function federated(context: Context, subjectToken: Secret, where: string): Promise<Found> {
  const grant: Grant = { kind: "exchange", subjectToken, subjectTokenType: "jwt", clientId: clientIdOf(context) };
  return { token: (await minted(context, grant)).token, place: `${where}, exchanged` };
}

async function databricksCli(context: Context): Promise<Found> {
  const { environment } = context;
  const cli = findDatabricksCli(environment);
  const profileName = context.profile ?? variable(environment, "DATABRICKS_CONFIG_PROFILE");
  const configured = variable(environment, "DATABRICKS_HOST");
  const settings =
    configured === undefined || context.profile !== undefined ? readProfile(environment, profileName) : undefined;
  // a service principal's profile is no log-in of a person, and old CLIs answer with the person's token
  if (!context.named && context.profile !== undefined && settings?.clientSecret !== undefined) return undefined;
  if (cli === undefined) {
    if (!context.named && settings?.authType !== "databricks-cli") return undefined;
    const missing = new OutsideError([
      {
        code: "databricks-cli-missing",
        message: "The Databricks CLI is not on PATH.",
        fix: "Install it (docs.databricks.com/dev-tools/cli), or set DATABRICKS_CLI_PATH.",
      },
    ]);
    return { passOver: missing };
  }
  // on a laptop the federation knows the host when nothing else says it
  const target = hostOfTarget(context.targets ?? []);
  const host = configured ?? settings?.host ?? target.host;
  if (profileName === undefined && host === undefined) return undefined;
  const login = {
    profile: profileName,
    host,
    accountId: variable(environment, "DATABRICKS_ACCOUNT_ID") ?? (host === target.host ? target.accountId : undefined),
  };
  try {
    return {
      token: await askDatabricksCli(cli, login, { env: environment.env, timeoutMs: context.timeoutMs }),
      place: `databricks auth token${profileName === undefined ? "" : `, profile ${profileName}`}`,
    };
  } catch (error) {
    if (error instanceof FederationError) return { passOver: error };
    throw error;
  }
}

async function profile(context: Context): Promise<Found> {
  const settings = readProfile(context.environment, context.profile);
  if (settings === undefined) return undefined;
  const { clientId, clientSecret } = settings;
  if (clientId === undefined || clientSecret === undefined) {
    // a person's profile has been tried by the CLI, and what that said is the better answer
    if (!context.named && (context.profile === undefined || settings.authType === "databricks-cli")) return undefined;
    throw new InputError([
      {
        code: "token-source-incomplete",
        message:
          `Profile ${settings.name} in ${settings.file} has no client_id and ` +
          `client_secret${settings.hasPersonalToken ? ", only a personal access token, which AWS can not verify" : ""}.`,
        fix:
          settings.authType === "databricks-cli"
            ? "It is a person's log-in: use --from databricks-cli."
            : "Use a profile of a service principal, or another way (docs/token.md).",
      },
    ]);
  }
  const { token } = await minted(
    context,
    { kind: "client-credentials", clientId, clientSecret },
    placeFor(context, settings),
  );
  return { token, place: `profile ${settings.name} in ${settings.file}` };
}

/**
 * The token in `file`, trimmed. Throws OutsideError file-not-found, file-unreadable; InputError
 * token-source-incomplete.
 */
export function readTokenFile(file: string): Secret {
  let bytes: Buffer;
  try {
    bytes = readBounded(file, MAX_TOKEN_FILE_BYTES);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    throw new OutsideError(
      [
        {
          code: code === "ENOENT" ? "file-not-found" : "file-unreadable",
          message: `The token file ${file} cannot be read: ${code ?? "unknown error"}.`,
          fix: "Check the path and its permissions.",
        },
      ],
      { cause },
    );
  }
  const text = bytes.length > MAX_TOKEN_FILE_BYTES ? "" : bytes.toString("utf8").trim();
  if (text === "" || /\s/.test(text)) {
    throw new InputError([
      {
        code: "token-source-incomplete",
        message: `The file ${file} holds no token.`,
        fix: "It must hold the token and nothing else.",
      },
    ]);
  }
  return secret(text);
}
