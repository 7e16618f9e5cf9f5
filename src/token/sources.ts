/** The ways to a Databricks token, as data, in the order they are tried: those without a stored secret first. */
import { InputError } from "../errors";
import type { TokenSourceName } from "./source-names";
import { TOKEN_SOURCE_NAMES } from "./source-names";

export { TOKEN_SOURCE_NAMES };
export type { TokenSourceName };

/** What a way to a token rests on. `stored-secret` is the one to get rid of. */
export type RestsOn =
  "platform" | "injected-secret" | "workload-identity" | "a-token-put-there" | "a-persons-login" | "stored-secret";

export interface TokenSource {
  readonly name: TokenSourceName;
  /** In one line, what it does. */
  readonly says: string;
  /** What must be there, for the message when it is not. */
  readonly needs: string;
  readonly restsOn: RestsOn;
}

export const TOKEN_SOURCES: Readonly<Record<TokenSourceName, TokenSource>> = {
  "databricks-app": {
    name: "databricks-app",
    says: "the service principal of the Databricks App this runs in",
    needs:
      "DATABRICKS_APP_NAME, DATABRICKS_CLIENT_ID and DATABRICKS_CLIENT_SECRET, which Databricks injects into an app",
    restsOn: "injected-secret",
  },
  notebook: {
    name: "notebook",
    says: "the notebook's or job's own token, exchanged (RFC 8693)",
    needs: "DATABRICKS_RUNTIME_VERSION, DATABRICKS_HOST, and the ambient token in DATABRICKS_TOKEN",
    restsOn: "platform",
  },
  "env-oidc": {
    name: "env-oidc",
    says: "another issuer's token in a variable, exchanged (workload identity federation)",
    needs: "DATABRICKS_HOST and DATABRICKS_OIDC_TOKEN (or the variable that DATABRICKS_OIDC_TOKEN_ENV names)",
    restsOn: "workload-identity",
  },
  "file-oidc": {
    name: "file-oidc",
    says: "another issuer's token in a file, exchanged (workload identity federation)",
    needs: "DATABRICKS_HOST and DATABRICKS_OIDC_TOKEN_FILEPATH",
    restsOn: "workload-identity",
  },
  "github-oidc": {
    name: "github-oidc",
    says: "GitHub Actions' own token, exchanged (workload identity federation)",
    needs: "DATABRICKS_HOST, DATABRICKS_CLIENT_ID, and a job with `permissions: id-token: write`",
    restsOn: "workload-identity",
  },
  file: {
    name: "file",
    says: "a Databricks OAuth token in a file",
    needs: "--token-file, or DATABRICKS_AWS_OIDC_TOKEN_FILE",
    restsOn: "a-token-put-there",
  },
  env: {
    name: "env",
    says: "a Databricks OAuth token in the environment",
    needs: "DATABRICKS_TOKEN with an OAuth token (a JWT)",
    restsOn: "a-token-put-there",
  },
  "databricks-cli": {
    name: "databricks-cli",
    says: "your own log-in, by `databricks auth token`",
    needs: "the Databricks CLI on PATH (or DATABRICKS_CLI_PATH), and DATABRICKS_HOST or a profile you are logged in to",
    restsOn: "a-persons-login",
  },
  "client-credentials": {
    name: "client-credentials",
    says: "a service principal's client secret",
    needs: "DATABRICKS_HOST, DATABRICKS_CLIENT_ID and DATABRICKS_CLIENT_SECRET",
    restsOn: "stored-secret",
  },
  profile: {
    name: "profile",
    says: "a service principal's client secret in ~/.databrickscfg",
    needs: "a profile with host, client_id and client_secret in ~/.databrickscfg (or DATABRICKS_CONFIG_FILE)",
    restsOn: "stored-secret",
  },
};

/** One sentence about what the way to the token rests on, for `token`, `doctor` and `report`. */
export function restsOnText(source: TokenSourceName): string {
  switch (TOKEN_SOURCES[source].restsOn) {
    case "platform":
      return "Nothing is stored: Databricks gives the identity to what runs there.";
    case "injected-secret":
      return "It rests on a client secret that Databricks keeps and gives to the app; none is in your keeping.";
    case "workload-identity":
      return "Nothing is stored: another issuer's short token is exchanged.";
    case "a-token-put-there":
      return "Somebody else put the token there and has to renew it.";
    case "a-persons-login":
      return "It rests on a person's log-in, which the Databricks CLI keeps on this machine.";
    case "stored-secret":
      return (
        "It rests on a stored secret: whoever reads it is this service principal. Workload identity " +
        "federation needs none (docs/token.md)."
      );
  }
}

/** Reads `--from`. Throws InputError `token-source-unknown`. */
export function parseTokenSource(text: string): TokenSourceName {
  const known = TOKEN_SOURCE_NAMES.find((name) => name === text);
  if (known !== undefined) return known;
  throw new InputError([
    {
      code: "token-source-unknown",
      message: `There is no way to a token called ${JSON.stringify(text.slice(0, 40))}.`,
      path: "from",
      fix: `Use one of: ${TOKEN_SOURCE_NAMES.join(", ")}.`,
    },
  ]);
}
