/** Why no provider is registered for a token's issuer, and which one is similar. Pure. */
import { CLOUDS } from "../issuer/clouds";
import { withoutTrailingSlashes } from "../text/words";

/** Why a token does not get a role, and what to do about it. */
export interface Reason {
  /** What differs, in a few words, e.g. "`sub` differs in case". */
  readonly what: string;
  readonly fix: string;
  /** Index of the statement it is about; null for what stopped the token before the trust policy. */
  readonly statement: number | null;
}

/** A reason outside the trust policy. */
export function reason(what: string, fix: string): Reason {
  return { what, fix, statement: null };
}

/** What to do about a token that Databricks would not issue. */
export const OTHER_TOKEN = "It is not a token of Databricks' OIDC issuer: get one with databricks-aws-oidc token.";

/** `issuer`: as the token names it, null where it names none. `registered`: URLs of the account's providers. */
export function issuerReasons(issuer: string | null, registered: readonly string[]): readonly Reason[] {
  if (issuer === null) return [reason("the token has no issuer (`iss`)", OTHER_TOKEN)];
  const near = (same: (candidate: string) => boolean): string | undefined => registered.find(same);
  const register = (found: string): string =>
    `Register ${issuer} as the provider URL instead of ${found}: IAM compares every character.`;
  const cases: readonly (readonly [string | undefined, string, (found: string) => string])[] = [
    [
      near((url) => trimmed(url) === issuer && url !== issuer),
      "the registered issuer has a trailing slash or the discovery suffix",
      register,
    ],
    [
      near((url) => url === trimmed(issuer) && url !== issuer),
      "the issuer has a trailing slash",
      () => `Databricks issues no such token: get it from ${trimmed(issuer)}/v1/token.`,
    ],
    [
      near((url) => url.toLowerCase() === issuer.toLowerCase()),
      "the issuer differs in case",
      (found) =>
        found === found.toLowerCase()
          ? "Databricks writes its host in lower case: find out who signed this token."
          : register(found),
    ],
    [
      near((url) => url.replace(/^https?:\/\//, "") === issuer.replace(/^https?:\/\//, "")),
      "the issuer differs in its scheme",
      (found) =>
        issuer.startsWith("https://")
          ? register(found)
          : `Databricks issues https:// only, and IAM accepts nothing else: find out who signed this token, or get ` +
            `one from ${found}/v1/token.`,
    ],
  ];
  for (const [found, what, fix] of cases) if (found !== undefined) return [reason(what, fix(found))];
  return [foreignToken(issuer) ?? otherIssuer(issuer, registered)];
}

function trimmed(url: string): string {
  return withoutTrailingSlashes(url).replace(/\/\.well-known\/openid-configuration$/, "");
}

/** A token whose issuer cannot be registered. */
function foreignToken(issuer: string): Reason | null {
  if (Object.values(CLOUDS).some(({ accountsHost }) => issuer === `https://${accountsHost ?? ""}/oidc`)) {
    return reason(
      "the token is from the account-agnostic issuer, which all Databricks customers share",
      "Get the token from the token endpoint of your own account or workspace.",
    );
  }
  if (/^https:\/\/(?:sts\.windows\.net|login\.microsoftonline\.com)\//.test(issuer)) {
    return reason(
      "it is a Microsoft Entra token, not a Databricks token",
      "Get the token from Databricks' own token endpoint: <issuer>/v1/token.",
    );
  }
  if (issuer === "https://token.actions.githubusercontent.com") {
    return reason(
      "it is the token that GitHub gives a job, not a Databricks token",
      "Exchange it at Databricks first: databricks-aws-oidc token --from github-oidc.",
    );
  }
  return null;
}

function otherIssuer(issuer: string, registered: readonly string[]): Reason {
  const host = issuer.split("/")[2] ?? "";
  const sameHost = registered.find((url) => (url.split("/")[2] ?? "") === host);
  if (sameHost !== undefined)
    return reason("the token is from another issuer on the same host", `Get the token from ${sameHost}/v1/token.`);
  return reason(
    `no provider is registered for ${issuer}; registered: ${registered.join(", ") || "none"}`,
    issuer.includes("/oidc/accounts/")
      ? "The account's endpoint issued this token: use the workspace's, or add an account issuer."
      : "Get the token from a registered issuer, or add this one under issuers.",
  );
}
