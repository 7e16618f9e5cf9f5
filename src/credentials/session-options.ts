/** Options of `credentials`, as typed, and the session they ask for. */
import { resolve } from "node:path";
import { inputError } from "../errors";
import type { Federation } from "../federation/model";
import { findIssuer } from "../federation/find";
import { secondsOf } from "../federation/time";
import { DEFAULT_FEDERATION_FILE, loadFederation } from "../files/load-federation";
import { type Environment, variable } from "../network/environment";
import { parseTokenSource } from "../token/sources";
import type { TokenOptions } from "../token/choose-source";
import { settingsFor } from "../token/settings";
import { workspaceUrl } from "../token/token-endpoint";
import { flagName } from "../text/words";
import { cloudOfHost, UNITY_CATALOG_CLOUDS, UNITY_CATALOG_PRINCIPALS } from "../issuer/clouds";
import { checkCredentialName, TEMPORARY_CREDENTIALS_PATH } from "./catalog-session";
import { configuredRegion } from "./credential-chain";
import { cacheFolder } from "./cached-session";
import { NEW_ROLE_WAIT_MS } from "./retry";
import { stsRegion } from "../aws/hosts";
import { type ResolvedRole, resolveRole, type RoleOptions } from "./role";
import type { SessionOptions, WebIdentityOptions } from "./session";
import { isSessionName } from "./assume";
import type { Via } from "./vias";
import { callKey, mayCache } from "./cached-call";

export interface CredentialsOptions extends RoleOptions {
  readonly via?: Via | undefined;
  /** Name of a service credential of Unity Catalog. */
  readonly credential?: string | undefined;
  readonly environment: Environment;
  /** The arguments after `credentials`, as typed: they are the call's key. */
  readonly args: readonly string[];
  readonly cwd: string;
  readonly config?: string | undefined;
  readonly from?: string | undefined;
  readonly tokenFile?: string | undefined;
  /** Of ~/.databrickscfg. */
  readonly profile?: string | undefined;
  readonly scope?: string | undefined;
  readonly region?: string | undefined;
  readonly duration?: string | undefined;
  readonly sessionName?: string | undefined;
  /** How long to wait for a role that was just created. */
  readonly wait?: string | undefined;
  readonly allowEndpoint?: boolean | undefined;
  readonly note: (text: string) => void;
}

/**
 * The role, region and everything else a session needs. Throws InputError: those of `resolveRole`, `stsRegion`,
 * value-not-allowed, duration-out-of-range.
 */
export function sessionOptions(options: CredentialsOptions): WebIdentityOptions {
  const { environment } = options;
  if (options.credential !== undefined)
    throw inputError(
      "usage",
      "--credential applies only to --via unity-catalog.",
      "Add --via unity-catalog, or leave --credential out.",
      "credential",
    );
  const role = resolveRole(options, () => federationOf(options));
  if (options.sessionName !== undefined && !isSessionName(options.sessionName)) {
    throw inputError(
      "value-not-allowed",
      `${JSON.stringify(options.sessionName.slice(0, 80))} is not a valid session name.`,
      "Use 2 to 64 letters, digits and _+=,.@-, or leave it out.",
      "session-name",
    );
  }
  return {
    via: "web-identity",
    environment,
    role,
    token: tokenOptions(options),
    region: stsRegion(role.partition, [
      options.region,
      variable(environment, "AWS_REGION"),
      variable(environment, "AWS_DEFAULT_REGION"),
      role.region,
      configuredRegion(environment, role.partition),
    ]),
    sessionName: options.sessionName,
    durationSeconds: durationOf(options.duration, role),
    allowEndpoint: options.allowEndpoint,
    retry: retryOptions(options),
    cache: cacheOptions(options),
    note: options.note,
  };
}

/** Options that decide about the role or its session: with Unity Catalog the credential and Databricks do. */
const OF_WEB_IDENTITY = [
  "role",
  "roleArn",
  "account",
  "awsAccountId",
  "duration",
  "sessionName",
  "allowEndpoint",
] as const satisfies readonly (keyof CredentialsOptions)[];

/**
 * The same for a session through Unity Catalog. Throws InputError usage, required, credential-name-invalid,
 * issuer-not-found, value-not-allowed, and those of `workspaceUrl` and `stsRegion`.
 */
export function catalogOptions(options: CredentialsOptions): Extract<SessionOptions, { via: "unity-catalog" }> {
  const { environment, credential } = options;
  const misplaced = OF_WEB_IDENTITY.find((name) => options[name] !== undefined && options[name] !== false);
  if (misplaced !== undefined)
    throw inputError(
      "usage",
      `--${flagName(misplaced)} does not apply to --via unity-catalog: the service credential names the role, and ` +
        "Databricks decides the length and the name of its session.",
      "Leave it out.",
      flagName(misplaced),
    );
  if (credential === undefined)
    throw inputError(
      "required",
      "--credential is missing.",
      "Name the service credential of Unity Catalog.",
      "credential",
    );
  checkCredentialName(credential);
  const targets = options.issuer === undefined ? [] : [findIssuer(federationOf(options), options.issuer)];
  const token = tokenOptions(options);
  const url = workspaceUrl({ host: settingsFor({ environment, ...token }).host, targets }, TEMPORARY_CREDENTIALS_PATH);
  const cloud = UNITY_CATALOG_CLOUDS.find((name) => name === cloudOfHost(url.hostname)) ?? "aws";
  const { partition } = UNITY_CATALOG_PRINCIPALS[cloud];
  return {
    via: "unity-catalog",
    environment,
    credential,
    url,
    token,
    targets,
    region: stsRegion(partition, [
      options.region,
      variable(environment, "AWS_REGION"),
      variable(environment, "AWS_DEFAULT_REGION"),
      configuredRegion(environment, partition),
    ]),
    retry: retryOptions(options),
    cache: cacheOptions(options),
    note: options.note,
  };
}

/** The session that the options ask for. Throws as `sessionOptions` or `catalogOptions`. */
export function chosenSession(options: CredentialsOptions): SessionOptions {
  return options.via === "unity-catalog" ? catalogOptions(options) : sessionOptions(options);
}

function federationOf({ cwd, config }: CredentialsOptions): Federation {
  return loadFederation(resolve(cwd, config ?? DEFAULT_FEDERATION_FILE));
}

function tokenOptions({
  cwd,
  from,
  tokenFile,
  profile,
  scope,
}: CredentialsOptions): Pick<TokenOptions, "from" | "tokenFile" | "profile" | "scope"> {
  return {
    from: from === undefined ? undefined : parseTokenSource(from),
    tokenFile: tokenFile === undefined ? undefined : resolve(cwd, tokenFile),
    profile,
    scope,
  };
}

function retryOptions({ wait }: CredentialsOptions): SessionOptions["retry"] {
  return { newRoleWaitMs: wait === undefined ? NEW_ROLE_WAIT_MS : 1000 * seconds(wait, "wait") };
}

function cacheOptions({ args, cwd, environment }: CredentialsOptions): SessionOptions["cache"] {
  const call = { args, cwd, env: environment.env, home: environment.home };
  return mayCache(call) ? { folder: cacheFolder(environment.env, environment.home), callKey: callKey(call) } : null;
}

function durationOf(text: string | undefined, role: ResolvedRole): number | undefined {
  if (text === undefined) return undefined;
  const wanted = seconds(text, "duration");
  const most = role.maxSessionDuration ?? 43_200;
  if (wanted >= 900 && wanted <= most) return wanted;
  throw inputError(
    "duration-out-of-range",
    `Session duration must be 900 to ${most} seconds for this role, not ${wanted}.`,
    "Request a shorter session, or raise the role's maxSessionDuration.",
    "duration",
  );
}

function seconds(text: string, path: string): number {
  const found = secondsOf(text);
  if (found !== null) return found;
  throw inputError(
    "duration-invalid",
    `${JSON.stringify(text.slice(0, 40))} is not a valid duration.`,
    "Write it like 1h, 90m or 3600.",
    path,
  );
}
