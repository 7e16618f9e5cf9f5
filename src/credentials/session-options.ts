/** Options of `credentials`, as typed, and the session they ask for. */
import { resolve } from "node:path";
import { inputError } from "../errors";
import type { Federation } from "../federation/model";
import { secondsOf } from "../federation/duration";
import { DEFAULT_FEDERATION_FILE, loadFederation } from "../files/load-federation";
import { type Environment, variable } from "../network/environment";
import { parseTokenSource } from "../token/sources";
import { configuredRegion } from "./credential-chain";
import { cacheFolder } from "./cached-session";
import { NEW_ROLE_WAIT_MS } from "./retry";
import { stsRegion } from "../aws/hosts";
import { type ResolvedRole, resolveRole, type RoleOptions } from "./role";
import type { SessionOptions } from "./session";
import { isSessionName } from "./assume";
import { callKey, mayCache } from "./cached-call";

export interface CredentialsOptions extends RoleOptions {
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
export function sessionOptions(options: CredentialsOptions): SessionOptions {
  const { environment } = options;
  const federation = (): Federation => loadFederation(resolve(options.cwd, options.config ?? DEFAULT_FEDERATION_FILE));
  const role = resolveRole(options, federation);
  const call = { args: options.args, cwd: options.cwd, env: environment.env, home: environment.home };
  if (options.sessionName !== undefined && !isSessionName(options.sessionName)) {
    throw inputError(
      "value-not-allowed",
      `${JSON.stringify(options.sessionName.slice(0, 80))} is not a valid session name.`,
      "Use 2 to 64 letters, digits and _+=,.@-, or leave it out.",
      "session-name",
    );
  }
  return {
    environment,
    role,
    token: {
      from: options.from === undefined ? undefined : parseTokenSource(options.from),
      tokenFile: options.tokenFile === undefined ? undefined : resolve(options.cwd, options.tokenFile),
      profile: options.profile,
      scope: options.scope,
    },
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
    retry: { newRoleWaitMs: options.wait === undefined ? NEW_ROLE_WAIT_MS : 1000 * seconds(options.wait, "wait") },
    cache: mayCache(call) ? { folder: cacheFolder(environment.env, environment.home), callKey: callKey(call) } : null,
    note: options.note,
  };
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
