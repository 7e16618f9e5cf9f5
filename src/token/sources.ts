/**
 * The sources of a Databricks token, as data, in the order in which Databricks' own SDKs try them. `aws` is tried only
 * when it is named: AWS credentials are on many machines, and for something else.
 */
import { inputError } from "../errors";
import { quoted } from "../text/text-rule";

export const TOKEN_SOURCE_NAMES = [
  "databricks-app",
  "notebook",
  "file",
  "env",
  "client-credentials",
  "profile",
  "env-oidc",
  "file-oidc",
  "github-oidc",
  "azure-devops-oidc",
  "databricks-cli",
  "aws",
] as const;

export type TokenSourceName = (typeof TOKEN_SOURCE_NAMES)[number];

/** What a token source depends on. `stored-secret` is the one to get rid of. */
export type RestsOn =
  "platform" | "injected-secret" | "workload-identity" | "given-token" | "user-login" | "stored-secret";

export interface TokenSource {
  /** In one line, what it does. */
  readonly says: string;
  /** What must be there, for the message when it is not. */
  readonly needs: string;
  readonly restsOn: RestsOn;
}

export const TOKEN_SOURCES: Readonly<Record<TokenSourceName, TokenSource>> = {
  "databricks-app": {
    says: "the service principal of the Databricks App this runs in",
    needs:
      "DATABRICKS_APP_NAME, DATABRICKS_CLIENT_ID and DATABRICKS_CLIENT_SECRET, which Databricks injects into an app",
    restsOn: "injected-secret",
  },
  notebook: {
    says: "the notebook's or job's own token, exchanged (RFC 8693)",
    needs: "DATABRICKS_RUNTIME_VERSION, DATABRICKS_HOST, and the ambient token in DATABRICKS_TOKEN",
    restsOn: "platform",
  },
  file: {
    says: "a Databricks OAuth token in a file",
    needs: "--token-file, or DATABRICKS_AWS_OIDC_TOKEN_FILE",
    restsOn: "given-token",
  },
  env: {
    says: "a Databricks OAuth token in the environment",
    needs: "DATABRICKS_TOKEN with an OAuth token (a JWT)",
    restsOn: "given-token",
  },
  "client-credentials": {
    says: "a service principal's client secret",
    needs: "DATABRICKS_HOST, DATABRICKS_CLIENT_ID and DATABRICKS_CLIENT_SECRET",
    restsOn: "stored-secret",
  },
  profile: {
    says: "a service principal's client secret in ~/.databrickscfg",
    needs: "a profile with host, client_id and client_secret in ~/.databrickscfg (or DATABRICKS_CONFIG_FILE)",
    restsOn: "stored-secret",
  },
  "env-oidc": {
    says: "another issuer's token in a variable, exchanged (workload identity federation)",
    needs: "DATABRICKS_HOST and DATABRICKS_OIDC_TOKEN (or the variable that DATABRICKS_OIDC_TOKEN_ENV names)",
    restsOn: "workload-identity",
  },
  "file-oidc": {
    says: "another issuer's token in a file, exchanged (workload identity federation)",
    needs: "DATABRICKS_HOST and DATABRICKS_OIDC_TOKEN_FILEPATH",
    restsOn: "workload-identity",
  },
  "github-oidc": {
    says: "GitHub Actions' own token, exchanged (workload identity federation)",
    needs:
      "DATABRICKS_HOST and DATABRICKS_CLIENT_ID (or a profile with host and client_id), and a job with " +
      "`permissions: id-token: write`",
    restsOn: "workload-identity",
  },
  "azure-devops-oidc": {
    says: "Azure Pipelines' own token, exchanged (workload identity federation)",
    needs:
      "DATABRICKS_HOST and DATABRICKS_CLIENT_ID (or a profile with both), and a pipeline step with " +
      "`SYSTEM_ACCESSTOKEN: $(System.AccessToken)` in its env",
    restsOn: "workload-identity",
  },
  "databricks-cli": {
    says: "your own login, by `databricks auth token`",
    needs: "the Databricks CLI on PATH (or DATABRICKS_CLI_PATH), and DATABRICKS_HOST or a profile you are logged in to",
    restsOn: "user-login",
  },
  aws: {
    says: "the AWS role this runs as, by sts:GetWebIdentityToken, exchanged; only when named",
    needs: "DATABRICKS_HOST and DATABRICKS_CLIENT_ID (or a profile with both), AWS credentials of a role, and a region",
    restsOn: "workload-identity",
  },
};

/** One sentence on what a token source depends on, for `token`, `doctor` and `report`. */
export function restsOnText(source: TokenSourceName): string {
  switch (TOKEN_SOURCES[source].restsOn) {
    case "platform":
      return "Nothing is stored: Databricks gives the identity to what runs there.";
    case "injected-secret":
      return "It uses a client secret that Databricks stores and gives to the app; you store none.";
    case "workload-identity":
      return "Nothing is stored: another issuer's short-lived token is exchanged.";
    case "given-token":
      return "Another program put the token there and has to renew it.";
    case "user-login":
      return "It uses a person's login, which the Databricks CLI stores on this machine.";
    case "stored-secret":
      return (
        "It uses a stored secret: whoever can read it can act as this service principal. Workload identity " +
        "federation needs none (docs/token.md)."
      );
  }
}

/** Reads `--from`. Throws InputError `token-source-unknown`. */
export function parseTokenSource(text: string): TokenSourceName {
  const known = TOKEN_SOURCE_NAMES.find((name) => name === text);
  if (known !== undefined) return known;
  throw inputError(
    "token-source-unknown",
    `Unknown token source: ${quoted(text)}.`,
    `Use one of: ${TOKEN_SOURCE_NAMES.join(", ")}.`,
    "from",
  );
}

/** The sources that a value of `auth_type` (DATABRICKS_AUTH_TYPE) of Databricks' SDKs means. */
const AUTH_TYPES: Readonly<Record<string, readonly TokenSourceName[]>> = {
  "oauth-m2m": ["databricks-app", "client-credentials", "profile"],
  "env-oidc": ["env-oidc"],
  "file-oidc": ["file-oidc"],
  "github-oidc": ["github-oidc"],
  "azure-devops-oidc": ["azure-devops-oidc"],
  "databricks-cli": ["databricks-cli"],
  pat: ["env"],
};

/**
 * The token sources that `authType` allows; `where` names its place, for the message. Throws InputError
 * `token-source-unknown` for a kind that gives no Databricks OAuth token (`azure-cli`): another identity is not used
 * instead.
 */
export function sourcesOfAuthType(authType: string, where: string): readonly TokenSourceName[] {
  const known = Object.hasOwn(AUTH_TYPES, authType) ? AUTH_TYPES[authType] : undefined;
  if (known !== undefined) return known;
  throw inputError(
    "token-source-unknown",
    `${where} is ${quoted(authType)}, which gives no Databricks OAuth token here.`,
    `Unset it, set it to one of ${Object.keys(AUTH_TYPES).join(", ")}, or name a token source with --from.`,
  );
}
