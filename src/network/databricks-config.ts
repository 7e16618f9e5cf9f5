/** What a Databricks host reports about itself: `/.well-known/databricks-config`. Older hosts have none (404). */
import { readJson } from "./read-json";
import { request } from "./request";

/** As the host reports it; nothing is checked but that values are strings. Null where it reports none. */
export interface DatabricksConfig {
  /** May hold a literal `{account_id}`. */
  readonly oidcEndpoint: string | null;
  readonly accountId: string | null;
  readonly workspaceId: string | null;
  readonly cloud: string | null;
  /** `workspace`, `account` or `unified`. */
  readonly hostType: string | null;
  /** The audience that Databricks' SDKs request a CI system's token for. */
  readonly tokenAudience: string | null;
}

const MAX_BYTES = 64 * 1024;

/** Where `host` (a bare name) serves it. */
export function databricksConfigUrl(host: string): URL {
  return new URL(`https://${host}/.well-known/databricks-config`);
}

/** Asks `url`. Throws OutsideError: the codes of `request` and `readJson`. */
export async function fetchDatabricksConfig(
  url: URL,
  options: { readonly env: Readonly<Record<string, string | undefined>>; readonly timeoutMs: number },
): Promise<DatabricksConfig> {
  const answer = await request(url, {
    headers: { accept: "application/json" },
    env: options.env,
    timeoutMs: options.timeoutMs,
    maxBytes: MAX_BYTES,
  });
  return readDatabricksConfig(readJson(answer, url));
}

/** The members of the document. IDs that are numbers are taken as their digits where a double holds them. */
export function readDatabricksConfig(document: Readonly<Record<string, unknown>>): DatabricksConfig {
  const text = (name: string): string | null => {
    const value = document[name];
    return typeof value === "string" && value !== "" ? value : Number.isSafeInteger(value) ? String(value) : null;
  };
  const audiences = document["token_federation_default_oidc_audiences"];
  const [audience]: readonly unknown[] = Array.isArray(audiences) ? audiences : [];
  return {
    oidcEndpoint: text("oidc_endpoint"),
    accountId: text("account_id"),
    workspaceId: text("workspace_id"),
    cloud: text("cloud"),
    hostType: text("host_type"),
    tokenAudience: typeof audience === "string" && audience !== "" ? audience : null,
  };
}
