/**
 * Which token source is used here: the one that is named, else the first that is there, in the order of Databricks'
 * SDKs. It is chosen before anything is requested, so that a failure never leads to another identity.
 */
import { type InputError, inputError, outsideError } from "../errors";
import { type Environment, variable } from "../network/environment";
import { type Secret, secret } from "../text/secret";
import { type CiSystem, missingVariables, type SubjectTokenRequest } from "./subject-token";
import { type CliLogin, findDatabricksCli } from "./databricks-cli";
import { type DatabricksSettings, profilesOfHost, settingsFor } from "./settings";
import { sourcesOfAuthType, TOKEN_SOURCE_NAMES, TOKEN_SOURCES, type TokenSourceName } from "./sources";
import { hostOfTarget, type IssuerTarget, type TokenEndpoint, tokenEndpointFor } from "./token-endpoint";
import { readTokenFile } from "./token-file";

export interface TokenOptions {
  readonly environment: Environment;
  /** Only this source; default: the first that is there. */
  readonly from?: TokenSourceName | undefined;
  /** The issuers whose tokens can be used, e.g. those a role trusts; none: that of the configured host. */
  readonly targets?: readonly IssuerTarget[];
  /** For `file`. */
  readonly tokenFile?: string | undefined;
  /** A profile of ~/.databrickscfg. */
  readonly profile?: string | undefined;
  readonly scope?: string | undefined;
  /** The token is for Databricks' own API, which takes opaque tokens too: they are used as they are. */
  readonly forApi?: boolean;
  readonly timeoutMs?: number;
}

/** How the token will be obtained. */
export type TokenGrant =
  | { readonly kind: "given"; readonly token: Secret }
  | { readonly kind: "login"; readonly login: CliLogin }
  | {
      readonly kind: "client-credentials";
      readonly endpoint: TokenEndpoint;
      readonly clientId: string;
      readonly clientSecret: Secret;
    }
  | { readonly kind: "ambient"; readonly endpoint: TokenEndpoint; readonly token: Secret }
  | {
      readonly kind: "federated";
      readonly endpoint: TokenEndpoint;
      /** The service principal's; absent for account-wide federation. */
      readonly clientId: string | undefined;
      readonly subject: SubjectToken;
    };

/** Another issuer's token: known already, or to be requested from the CI system of this job, or from AWS. */
export type SubjectToken = { readonly token: Secret } | SubjectTokenRequest;

export interface ChosenSource {
  readonly source: TokenSourceName;
  /** Where exactly, e.g. `variable DATABRICKS_TOKEN`; no secret in it. */
  readonly place: string;
  readonly grant: TokenGrant;
  /** Sources that are configured and were not used, each in a sentence. */
  readonly skipped: readonly string[];
}

interface Context {
  readonly environment: Environment;
  readonly settings: DatabricksSettings;
  readonly targets: readonly IssuerTarget[];
  /** The source is named, by `from` or by an `auth_type`. */
  readonly named: boolean;
  readonly forApi: boolean;
}

/** What a source gives: how to get its token, nothing, or a reason to use the next. */
type Choice = Pick<ChosenSource, "place" | "grant"> | { readonly skip: InputError } | undefined;

/** Whether `text` has the shape of a JWT: three base64url parts. Opaque tokens (`dapi…`, `dkea…`) have not. */
export function looksLikeJwt(text: string): boolean {
  return /^eyJ[A-Za-z0-9_-]*\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*$/.test(text);
}

/**
 * The source to use. Throws InputError token-source-missing, token-source-incomplete, token-source-unknown (an
 * `auth_type` we do not have), usage (a file for another source), token-opaque,
 * databricks-profile-not-found; OutsideError databricks-cli-missing and the errors of a token file.
 */
export function chooseSource(options: TokenOptions): ChosenSource {
  const { environment, from } = options;
  if (options.tokenFile !== undefined && from !== undefined && from !== "file")
    throw inputError(
      "usage",
      `--token-file applies to --from file alone, not to --from ${from}.`,
      "Leave one of them out.",
      "token-file",
    );
  if (options.tokenFile !== undefined && (from ?? "file") === "file") return givenFile(options.tokenFile);
  if (from === "file") return givenFile(variable(environment, TOKEN_FILE_VARIABLE));
  const settings = settingsFor(options);
  const { authType } = settings;
  const byAuthType = from !== undefined || authType === undefined ? undefined : authType;
  const names =
    from !== undefined
      ? [from]
      : byAuthType !== undefined
        ? sourcesOfAuthType(byAuthType.value, byAuthType.where)
        : TOKEN_SOURCE_NAMES;
  const context = {
    environment,
    settings,
    targets: options.targets ?? [],
    named: names !== TOKEN_SOURCE_NAMES,
    forApi: options.forApi === true,
  };
  const skipped: InputError[] = [];
  for (const source of names) {
    const choice = CHOICES[source](context);
    if (choice === undefined) continue;
    if (!("skip" in choice)) return { ...choice, source, skipped: skipped.map((error) => error.problem.message) };
    skipped.push(choice.skip);
  }
  const [first] = skipped;
  if (first !== undefined) throw first;
  const needs = names.map((name) => TOKEN_SOURCES[name].needs).join("; or ");
  if (from !== undefined)
    throw inputError("token-source-missing", `Token source "${from}" is unavailable.`, `It needs ${needs}.`);
  if (byAuthType !== undefined)
    throw inputError(
      "token-source-missing",
      `${byAuthType.where} is ${byAuthType.value}, and that token source is unavailable.`,
      `It needs ${needs}.`,
    );
  throw inputError(
    "token-source-missing",
    "No Databricks token source found.",
    "On a laptop: `databricks auth login`, then set DATABRICKS_HOST. Elsewhere see docs/token.md.",
  );
}

const TOKEN_FILE_VARIABLE = "DATABRICKS_AWS_OIDC_TOKEN_FILE";

function givenFile(file: string | undefined): ChosenSource {
  if (file === undefined)
    throw inputError(
      "token-source-missing",
      'Token source "file" is unavailable.',
      `It needs ${TOKEN_SOURCES.file.needs}.`,
    );
  return { source: "file", place: `file ${file}`, grant: { kind: "given", token: readTokenFile(file) }, skipped: [] };
}

const CHOICES: Readonly<Record<TokenSourceName, (context: Context) => Choice>> = {
  "databricks-app": (context) =>
    variable(context.environment, "DATABRICKS_APP_NAME") === undefined
      ? undefined
      : clientSecret(context, "environment", "the app's injected client"),
  notebook,
  file: ({ environment }) => {
    const file = variable(environment, TOKEN_FILE_VARIABLE);
    return file === undefined ? undefined : givenFile(file);
  },
  env: ({ settings: { token }, named, forApi }) => {
    if (token === undefined) return undefined;
    const ofProfile = token.where !== "DATABRICKS_TOKEN";
    const place = ofProfile ? token.where : `variable ${token.where}`;
    if (forApi || looksLikeJwt(token.value.reveal())) return { place, grant: { kind: "given", token: token.value } };
    if (named) throw opaqueToken(token.where);
    // a profile's is met again where a profile without a client secret is refused
    return ofProfile ? undefined : { skip: opaqueToken(token.where) };
  },
  "client-credentials": (context) => clientSecret(context, "environment", "DATABRICKS_CLIENT_SECRET"),
  profile: (context) => {
    const { clientSecret: found, token } = context.settings;
    return context.forApi && found === undefined && token?.where.includes(" of profile ") === true
      ? { place: token.where, grant: { kind: "given", token: token.value } }
      : clientSecret(context, "profile", profilePlace(context));
  },
  "env-oidc": (context) => {
    const name = context.settings.oidcTokenVariable;
    const token = variable(context.environment, name);
    return token === undefined ? undefined : federated(context, `variable ${name}`, { token: secret(token) });
  },
  "file-oidc": (context) => {
    const file = context.settings.oidcTokenFile;
    return file === undefined ? undefined : federated(context, `file ${file}`, { token: readTokenFile(file) });
  },
  "github-oidc": (context) => ciToken(context, "github-oidc", "GitHub's token of this job"),
  "azure-devops-oidc": (context) => ciToken(context, "azure-devops-oidc", "Azure Pipelines' token of this job"),
  "databricks-cli": databricksCli,
  aws: (context) => {
    if (!context.named) return undefined;
    const { clientId, tokenAudience: audience, accountId } = context.settings;
    if (clientId === undefined)
      throw inputError(
        "token-source-incomplete",
        'Token source "aws" needs the service principal whose token is requested.',
        "Set DATABRICKS_CLIENT_ID to its application ID.",
      );
    return federated(context, "the AWS identity this runs as", { system: "aws", audience, accountId });
  },
};

function endpointOf({ settings: { host, accountId }, targets }: Context): TokenEndpoint {
  return tokenEndpointFor({ host, accountId, targets });
}

function notebook(context: Context): Choice {
  const { token } = context.settings;
  const inRuntime = context.named || variable(context.environment, "DATABRICKS_RUNTIME_VERSION") !== undefined;
  if (!inRuntime || token === undefined || looksLikeJwt(token.value.reveal())) return undefined;
  if (context.forApi)
    return { place: `the ambient token in ${token.where}`, grant: { kind: "given", token: token.value } };
  const endpoint = endpointOf(context);
  if (endpoint.level === "account")
    throw inputError(
      "token-source-incomplete",
      "A notebook's own token is exchanged at its workspace, and the requested issuer is the account's.",
      "Trust the workspace issuer, or use workload identity federation.",
    );
  const grant = { kind: "ambient", endpoint, token: token.value } as const;
  return { place: `the ambient token in ${token.where}, exchanged`, grant };
}

function profilePlace({ settings: { profile } }: Context): string {
  return `profile ${profile?.name ?? ""} in ${profile?.file ?? ""}`;
}

/** The client secret in the environment, or in the profile that was read. */
function clientSecret(context: Context, stands: "environment" | "profile", place: string): Choice {
  const { clientId, clientSecret: found, profile, token } = context.settings;
  const inProfile = found !== undefined && found.where !== "DATABRICKS_CLIENT_SECRET";
  if (found === undefined) {
    // another identity than the profile's is not used: not where it has a personal token, nor where it is named
    const isMeant = context.named || token?.where.includes(" of profile ") === true;
    if (stands === "environment" || !isMeant || profile === undefined) return undefined;
    const missing = clientId === undefined ? "client_id and client_secret" : "client_secret";
    throw inputError(
      "token-source-incomplete",
      `${capitalized(profilePlace(context))} has no ${missing}` +
        `${token === undefined ? "" : ", only a personal access token, which AWS cannot verify"}.`,
      "Use a profile of a service principal, or another token source (--from; docs/token.md).",
    );
  }
  if (inProfile !== (stands === "profile")) return undefined;
  if (clientId !== undefined) {
    const endpoint = endpointOf(context);
    return { place, grant: { kind: "client-credentials", endpoint, clientId, clientSecret: found.value } };
  }
  throw inputError(
    "token-source-incomplete",
    `${capitalized(found.where)} is set, and there is no client ID.`,
    inProfile ? `Add client_id to ${profilePlace(context)}.` : "Set DATABRICKS_CLIENT_ID.",
  );
}

function capitalized(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}

function federated(context: Context, place: string, subject: SubjectToken): Choice {
  const { clientId } = context.settings;
  const grant = { kind: "federated", endpoint: endpointOf(context), clientId, subject } as const;
  return { place: `${place}, exchanged`, grant };
}

function ciToken(context: Context, system: CiSystem, place: string): Choice {
  const { environment, settings, named } = context;
  const { clientId, tokenAudience: audience, accountId } = settings;
  const missing = missingVariables(system, environment);
  if (missing.length === 0 && (named || clientId !== undefined))
    return federated(context, place, { system, audience, accountId });
  if (!named) return undefined;
  throw inputError(
    "token-source-missing",
    `Token source "${system}" is unavailable: ${missing.join(", ")} ${missing.length === 1 ? "is" : "are"} not set.`,
    `It needs ${TOKEN_SOURCES[system].needs}.`,
  );
}

function databricksCli({ environment, settings, targets, named }: Context): Choice {
  const cli = findDatabricksCli(environment);
  const target = hostOfTarget(targets);
  const profile = settings.profile?.name;
  // on a laptop the federation knows the host when nothing else says it
  const host = settings.host ?? target.host;
  if (!named && (cli === undefined || (profile === undefined && host === undefined))) return undefined;
  if (cli === undefined)
    throw outsideError(
      "databricks-cli-missing",
      "The Databricks CLI is not on PATH.",
      "Install it (docs.databricks.com/dev-tools/cli), or set DATABRICKS_CLI_PATH.",
    );
  if (profile === undefined && host === undefined) return undefined;
  const accountId = settings.accountId ?? (host === target.host ? target.accountId : undefined);
  const login = { cli, profile, host, accountId, profilesOfHost: profilesOfHost(environment, host ?? "") };
  return {
    place: `databricks auth token${profile === undefined ? "" : `, profile ${profile}`}`,
    grant: { kind: "login", login },
  };
}

/** AWS cannot verify an opaque token. Code `token-opaque`. */
export function opaqueToken(where: string): InputError {
  return inputError(
    "token-opaque",
    `${capitalized(where)} holds an opaque token (a personal access token, or a notebook's own): only ` +
      `Databricks can verify it, so AWS does not accept it.`,
    "Use an OAuth token: `databricks auth login`, workload identity federation, or in a notebook the " +
      "generated client (docs/token.md).",
  );
}
