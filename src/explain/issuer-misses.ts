/** Why no provider is registered for a token's issuer, and which comes near. Pure. */
import { CLOUDS } from "../issuer/clouds";
import { withoutSlashes } from "../issuer/issuer";
import type { Miss } from "./miss";
import { miss } from "./miss";

/** `issuer`: as the token names it, null where it names none. `registered`: URLs of the account's providers. */
export function issuerMisses(issuer: string | null, registered: readonly string[]): readonly Miss[] {
  if (issuer === null)
    return [
      miss(
        "the token names no issuer",
        "This is no token of Databricks' OIDC issuer; get one with databricks-aws-oidc token.",
      ),
    ];
  const near = (same: (candidate: string) => boolean): string | undefined => registered.find(same);
  const register = (found: string): string =>
    `Register ${issuer} as provider URL instead of ${found}; IAM compares to the last character.`;
  const cases: readonly (readonly [string | undefined, string, (found: string) => string])[] = [
    [
      near((url) => trimmed(url) === issuer && url !== issuer),
      "the registered issuer has a trailing slash or the discovery suffix",
      register,
    ],
    [
      near((url) => url === trimmed(issuer) && url !== issuer),
      "issuer has a trailing slash",
      () => `Databricks signs none; get the token from ${trimmed(issuer)}/v1/token.`,
    ],
    [
      near((url) => url.toLowerCase() === issuer.toLowerCase()),
      "issuer differs in case",
      (found) =>
        found === found.toLowerCase()
          ? "Databricks signs its host in small letters: find out who signed this token."
          : register(found),
    ],
    [
      near((url) => url.replace(/^https?:\/\//, "") === issuer.replace(/^https?:\/\//, "")),
      "issuer differs in its scheme",
      (found) =>
        issuer.startsWith("https://")
          ? register(found)
          : `Databricks signs https://, and IAM registers nothing else: find out who signed this token, or get ` +
            `one from ${found}/v1/token.`,
    ],
  ];
  for (const [found, what, fix] of cases) if (found !== undefined) return [miss(what, fix(found))];
  return [foreignToken(issuer) ?? otherIssuer(issuer, registered)];
}

function trimmed(url: string): string {
  return withoutSlashes(url).replace(/\/\.well-known\/openid-configuration$/, "");
}

/** A token that no registration would help. */
function foreignToken(issuer: string): Miss | null {
  if (Object.values(CLOUDS).some(({ accountsHost }) => issuer === `https://${accountsHost ?? ""}/oidc`)) {
    return miss(
      "the token is of the account-agnostic issuer, which every Databricks customer shares",
      "Ask the token endpoint of your own account or workspace.",
    );
  }
  if (/^https:\/\/(?:sts\.windows\.net|login\.microsoftonline\.com)\//.test(issuer)) {
    return miss(
      "that is a Microsoft Entra token, not one of Databricks",
      "Ask Databricks' own token endpoint: <issuer>/v1/token.",
    );
  }
  if (issuer === "https://token.actions.githubusercontent.com") {
    return miss(
      "that is the token GitHub gives a job, not one of Databricks",
      "Exchange it at Databricks first: databricks-aws-oidc token --from github-oidc.",
    );
  }
  return null;
}

function otherIssuer(issuer: string, registered: readonly string[]): Miss {
  const host = issuer.split("/")[2] ?? "";
  const neighbour = registered.find((url) => (url.split("/")[2] ?? "") === host);
  if (neighbour !== undefined)
    return miss("the token is of another issuer on the same host", `Ask the token endpoint of ${neighbour}.`);
  return miss(
    `no provider is registered for ${issuer}; registered: ${registered.join(", ") || "none"}`,
    issuer.includes("/oidc/accounts/")
      ? "The account's endpoint minted this token: ask the workspace's, or add an account issuer."
      : "Ask the token endpoint of a registered issuer, or add this one under issuers.",
  );
}
