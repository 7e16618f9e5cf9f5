/** What Unity Catalog answered instead of a service credential's session: our code for it, and whether to try again. */
import { type ErrorCode, OutsideError } from "../errors";
import type { FailureKind } from "../aws/refusal";
import { readJson } from "../network/read-json";
import type { HttpResponse } from "../network/request";
import { hideSecrets, redact, type Secret } from "../text/secret";
import { quoted } from "../text/text-rule";

/** A refusal of Unity Catalog. */
export class CatalogRefusal extends OutsideError {
  readonly kind: FailureKind;

  constructor(kind: FailureKind, code: ErrorCode, message: string, fix: string) {
    super([{ code, message, fix }]);
    this.kind = kind;
  }
}

/** What Databricks' REST errors have, cut: a response may be long. */
interface ApiError {
  readonly code: string;
  readonly message: string;
}

/**
 * The error to throw for a response that is not 200. Databricks publishes no list of this API's errors, so they are
 * told apart by the words that its error codes and messages share; the message is shown, without secrets.
 */
export function catalogRefusal(response: HttpResponse, url: URL, credential: string, token: Secret): OutsideError {
  const { status } = response;
  const shown = hideSecrets(credential);
  const name = quoted(shown);
  const error = apiError(response);
  if (error === null || (status >= 300 && status < 400)) return plainRefusal(response, url);
  const said = redact(error.message, [token], 400);
  const answer = `${url.host} answered ${status} ${redact(error.code, [token], 60)}${said === "" ? "" : `: ${said}`}`;
  const refusal = (code: ErrorCode, message: string, fix: string, kind: FailureKind = "final"): CatalogRefusal =>
    new CatalogRefusal(kind, code, `${message} ${answer.replace(/\.?$/, ".")}`, fix);
  if (status === 429 || status >= 500 || /^(?:REQUEST_LIMIT_EXCEEDED|TEMPORARILY_UNAVAILABLE)$/.test(error.code))
    return refusal("credential-refused", "Unity Catalog is busy.", "Try again in a minute.", "busy");
  if (/required scopes?|insufficient.scope/i.test(error.message))
    return refusal(
      "token-scope-refused",
      "The Databricks token may not call this API.",
      "Leave --scope out (all-apis), or use --scope unity-catalog, the scope that the API's reference names.",
    );
  if (
    status === 401 ||
    /^(?:UNAUTHENTICATED|INVALID_TOKEN)$/.test(error.code) ||
    /invalid .{0,100}token/i.test(error.message)
  )
    return refusal(
      "token-refused",
      "The workspace does not accept the Databricks token.",
      "Check DATABRICKS_HOST and the token's identity: run token. The identity must be assigned to the workspace.",
    );
  if (/IP ACL|IP access list|network access/i.test(error.message))
    return refusal(
      "credential-refused",
      "The workspace does not accept requests from this network.",
      "Run this inside its network, or have the address added to the IP access list.",
    );
  // before ACCESS: the words for a role that refuses Unity Catalog may stand under PERMISSION_DENIED too
  if (/self.?assum|assume (?:it|one)self/i.test(error.message))
    return refusal(
      "credential-role-refused",
      `The role of the service credential ${name} cannot assume itself, which Unity Catalog requires.`,
      "Deploy the role with a unityCatalog trust (docs/unity-catalog.md): its second statement and the inline policy " +
        "unity-catalog-self-assume allow it.",
      "new-role",
    );
  if (/assume.?role|\bassume\b|trust (?:policy|relationship)|external.?id/i.test(error.message))
    return refusal(
      "credential-role-refused",
      `Unity Catalog cannot assume the role of the service credential ${name}.`,
      "Compare the role's trust policy with the credential: the external ID that Databricks shows, and Databricks' " +
        "role of the right cloud (docs/unity-catalog.md). Run doctor with --aws to see what is deployed.",
      "new-role",
    );
  if (/(?:DOES_NOT_EXIST|NOT_FOUND)$/.test(error.code) && error.code !== "ENDPOINT_NOT_FOUND")
    return refusal(
      "credential-not-found",
      `There is no service credential ${name} in the workspace's metastore, or it is not bound to this workspace.`,
      "Check --credential and DATABRICKS_HOST: `databricks credentials list-credentials` lists the names.",
    );
  if (status === 403 || error.code === "PERMISSION_DENIED")
    return refusal(
      "credential-access-denied",
      `This identity has no ACCESS on the service credential ${name}.`,
      `Have its owner grant it: GRANT ACCESS ON SERVICE CREDENTIAL \`${shown.replaceAll("`", "``")}\` TO ` +
        "`IDENTITY`.",
    );
  return refusal(
    "credential-refused",
    `Unity Catalog gave no session of the service credential ${name}.`,
    "Check the credential in Catalog Explorer (Validate configuration), and the workspace.",
  );
}

/** For a response without an error of the API: a login page, a proxy, or an old workspace. */
function plainRefusal(response: HttpResponse, url: URL): OutsideError {
  try {
    readJson(response, url);
  } catch (error) {
    if (!(error instanceof OutsideError)) throw error;
    const { code, message, fix } = error.problem;
    const busy = response.status === 429 || response.status >= 500;
    return new CatalogRefusal(busy ? "busy" : "final", code, message, fix);
  }
  throw new RangeError("a response that is 200 is no refusal");
}

/** Characters of an error that are read. */
const MOST = 2000;

function apiError({ body }: HttpResponse): ApiError | null {
  try {
    const document = JSON.parse(body.toString("utf8")) as Readonly<Record<string, unknown>> | null;
    const { error_code: code, message } = document ?? {};
    if (typeof code !== "string") return null;
    return { code: code.slice(0, MOST), message: typeof message === "string" ? message.slice(0, MOST) : "" };
  } catch {
    return null;
  }
}
