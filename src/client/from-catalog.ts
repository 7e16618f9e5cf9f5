/** The files that get AWS credentials from a service credential of Unity Catalog. */
import { checkCredentialName } from "../credentials/catalog-session";
import { inputError } from "../errors";
import { findAccounts, findIssuer } from "../federation/find";
import type { Federation, FederationIssuer } from "../federation/model";
import { generatedFile } from "../files/generated-file";
import type { GeneratedTree } from "../files/compare-tree";
import { templatesIn } from "../hcl/templates";
import { quoted } from "../text/text-rule";
import { PLACES } from "./places";
import { renderClientTemplate } from "./templates";

export const CATALOG_PLACES = ["notebook", "job", "app", "laptop", "github-actions"] as const;

export interface FromCatalogOptions {
  readonly for: string;
  readonly credential?: string | undefined;
  /** Key of the workspace's issuer; default: the only one. */
  readonly issuer?: string | undefined;
  /** Application ID; for `github-actions`. */
  readonly servicePrincipal?: string | undefined;
}

/**
 * The files; `version` is the generator's. Throws InputError client-not-possible, required, credential-name-invalid,
 * issuer-not-found, issuer-undetermined.
 */
export function fromCatalog(federation: Federation, options: FromCatalogOptions, version: string): GeneratedTree {
  const place = CATALOG_PLACES.find((known) => known === options.for);
  if (place === undefined)
    throw inputError(
      "client-not-possible",
      `No client for ${quoted(options.for)} goes through Unity Catalog.`,
      `Use one of: ${CATALOG_PLACES.join(", ")}.`,
      "for",
    );
  const { credential, servicePrincipal } = options;
  if (credential === undefined)
    throw inputError("required", "--credential is missing.", "Name the service credential.", "credential");
  checkCredentialName(credential);
  if (place === "github-actions" && servicePrincipal === undefined)
    throw inputError(
      "required",
      "--service-principal is missing.",
      "Name the application ID of the service principal that the workflow is to be.",
      "service-principal",
    );
  const { issuer, tokenEndpoint, input } = workspaceOf(federation, options.issuer);
  const { origin } = new URL(issuer);
  const [account] = findAccounts(federation, undefined, undefined);
  const login = ["--host", origin];
  const view = {
    ...PLACES[place].python,
    about: `What the federation ${federation.name} says. To change it, generate again.`,
    credential,
    issuer,
    login,
    loginCommand: `databricks auth login ${login.join(" ")}`,
    method: "databricks-unity-catalog",
    region: account?.region ?? null,
    scope: "all-apis",
    servicePrincipal: servicePrincipal ?? "",
    stsRegion: account?.region ?? "us-east-1",
    tokenEndpoint,
    workspaceId: input.level === "workspace" ? input.workspaceId : null,
    workspaceUrl: origin,
  };
  const files = new Map<string, string>();
  for (const template of templatesIn(`client/unity-catalog/${place}`)) {
    const path = template.replace(/\.hbs$/, "");
    const body = renderClientTemplate(`client/unity-catalog/${place}/${template}`, view).trimEnd().concat("\n");
    files.set(path, generatedFile(path, body, "client", version));
  }
  return { kind: "client", files, owned: [{ folder: "", deep: false }] };
}

/** Unity Catalog's API is a workspace's. */
function workspaceOf(federation: Federation, key: string | undefined): FederationIssuer {
  const named = key === undefined ? Object.values(federation.issuers) : [findIssuer(federation, key)];
  const [only, ...others] = named.filter(({ level }) => level === "workspace");
  if (only === undefined)
    throw inputError(
      "client-not-possible",
      "Unity Catalog's API is a workspace's, and no workspace's issuer is named.",
      "Name one with --issuer, or add it to the federation.",
      "issuer",
    );
  if (others.length > 0)
    throw inputError(
      "issuer-undetermined",
      `Several workspaces are possible: ${[only, ...others].map((one) => one.key).join(", ")}.`,
      "Name one with --issuer.",
      "issuer",
    );
  return only;
}
