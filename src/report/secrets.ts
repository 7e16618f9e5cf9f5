/** Whether obtaining a Databricks token uses a stored secret, by the kind of identity. */
import type { Reach } from "../federation/reach";

export interface SecretNote {
  /** For a table: a few words. */
  readonly short: string;
  /** Whether a token source of such an identity uses a stored secret. */
  readonly stored: "never" | "sometimes" | "unknown";
  readonly note: string;
}

/** No token source stores an AWS key; these are about Databricks' own secrets. */
export const SECRET_NOTES: Readonly<Record<Reach["kind"], SecretNote>> = {
  "service principal": {
    short: "may use a stored secret",
    stored: "sometimes",
    note:
      "In a notebook or job the ambient token is exchanged, and in CI the CI system's own token: nothing is stored. " +
      "A Databricks App gets a client ID and secret that Databricks holds. Anywhere else the token is requested with " +
      "client credentials, which use an OAuth secret that you store.",
  },
  user: {
    short: "no stored secret",
    stored: "never",
    note:
      "A user logs in with a browser (databricks auth login). No secret is stored; a refresh token is cached on the " +
      "laptop.",
  },
  subject: {
    short: "depends on who it is",
    stored: "unknown",
    note:
      "The file does not say whether this is a user or a service principal; outside Databricks and CI a service " +
      "principal uses a stored OAuth secret.",
  },
  "subject pattern": {
    short: "depends on who matches",
    stored: "unknown",
    note:
      "Users and service principals may match; outside Databricks and CI a service principal uses a stored OAuth " +
      "secret.",
  },
  "wide pattern": {
    short: "depends on who matches",
    stored: "unknown",
    note: "Anyone of the issuer whom the pattern matches, with or without a stored secret.",
  },
  "Unity Catalog": {
    short: "no token, no secret",
    stored: "never",
    note:
      "Databricks' own role assumes this one with an external ID. No token is involved, and an external ID is not a " +
      "secret.",
  },
};
