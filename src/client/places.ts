/** Where a client file runs, as data. */

export const CLIENT_PLACES = [
  "notebook",
  "job",
  "app",
  "laptop",
  "cluster-policy",
  "asset-bundle",
  "github-actions",
] as const;

export type ClientPlace = (typeof CLIENT_PLACES)[number];

export interface PlaceRules {
  /** In words, to go after "for". */
  readonly says: string;
  /** The ambient token of a notebook or job is exchanged at its workspace, so only a workspace issuer will do. */
  readonly workspaceOnly: boolean;
  /** A job, a cluster and a CI job run as one service principal, which the role must name. */
  readonly servicePrincipal: boolean;
  /** Whether the Python asks Databricks' token endpoint, runs another program, is a program by itself. */
  readonly python: { readonly requestsTokens: boolean; readonly runsPrograms: boolean; readonly runsAlone: boolean };
}

const NO_PYTHON = { requestsTokens: false, runsPrograms: false, runsAlone: false } as const;

export const PLACES: Readonly<Record<ClientPlace, PlaceRules>> = {
  notebook: {
    says: "a Databricks notebook",
    workspaceOnly: true,
    servicePrincipal: false,
    python: { requestsTokens: true, runsPrograms: false, runsAlone: false },
  },
  job: {
    says: "a Databricks job",
    workspaceOnly: true,
    servicePrincipal: false,
    python: { requestsTokens: true, runsPrograms: false, runsAlone: true },
  },
  app: {
    says: "a Databricks App",
    workspaceOnly: false,
    servicePrincipal: false,
    python: { requestsTokens: true, runsPrograms: false, runsAlone: true },
  },
  laptop: {
    says: "a person's own machine",
    workspaceOnly: false,
    servicePrincipal: false,
    python: { requestsTokens: false, runsPrograms: true, runsAlone: true },
  },
  "cluster-policy": {
    says: "clusters that run notebooks and jobs",
    workspaceOnly: true,
    servicePrincipal: false,
    python: NO_PYTHON,
  },
  "asset-bundle": {
    says: "a job in a Databricks Asset Bundle",
    workspaceOnly: true,
    servicePrincipal: true,
    python: { requestsTokens: true, runsPrograms: false, runsAlone: true },
  },
  "github-actions": { says: "a GitHub Actions job", workspaceOnly: false, servicePrincipal: true, python: NO_PYTHON },
};
