/** How a Databricks token is come by, identity by identity, and whether a stored secret is part of the way. */
import type { Reach } from "../federation/reach";

export interface SecretNote {
  /** For a table: a few words. */
  readonly short: string;
  /** Whether some way to the token rests on a secret that somebody stores. */
  readonly stored: "never" | "on some ways" | "unknown";
  readonly says: string;
}

/** By the kind of identity. No way stores an AWS key; these are about Databricks' own secrets. */
export const SECRET_NOTES: Readonly<Record<Reach["kind"], SecretNote>> = {
  "service principal": {
    short: "secret on some ways",
    stored: "on some ways",
    says:
      "In a notebook or job the ambient token is exchanged, and in CI the CI's own token: nothing is " +
      "stored. A Databricks App is given a client ID and secret that Databricks holds. Anywhere else the token " +
      "is asked for with client credentials, and that rests on an OAuth secret in your keeping.",
  },
  user: {
    short: "no stored secret",
    stored: "never",
    says:
      "A user logs in with a browser (databricks auth login). No secret is stored; a refresh token is " +
      "cached on the laptop.",
  },
  subject: {
    short: "depends on who it is",
    stored: "unknown",
    says:
      "The file does not say whether this is a user or a service principal; a service principal outside " +
      "Databricks and CI rests on a stored OAuth secret.",
  },
  "subject pattern": {
    short: "depends on who matches",
    stored: "unknown",
    says:
      "Users and service principals may match; a service principal outside Databricks and CI rests on a " +
      "stored OAuth secret.",
  },
  "Unity Catalog": {
    short: "no token, no secret",
    stored: "never",
    says:
      "Databricks' own role assumes this one with an external ID. No token is involved, and an external ID " +
      "is no secret.",
  },
};
