/** Where a registry is served, read from `--base-url`. */
import { type InputError, inputError } from "../../errors";
import { withoutTrailingSlashes } from "../../text/words";
import { quoted } from "../../text/text-rule";
import type { RegistrySite } from "./documents";

/** A registry without an address yet: works at the root of any host. */
export const UNKNOWN_SITE: RegistrySite = { host: null, basePath: "/" };

/** Throws InputError registry-base-url-invalid. */
export function readSite(baseUrl: string): RegistrySite {
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : undefined;
  if (url === undefined) throw invalid(baseUrl, "is not a URL");
  if (url.username !== "" || url.password !== "") throw invalid(undefined, "has a user or password in it");
  if (url.protocol !== "https:") throw invalid(baseUrl, "is not https, which Terraform requires of a registry");
  if (url.search !== "" || url.hash !== "") throw invalid(baseUrl, "has a query or a fragment");
  if (!url.hostname.includes(".")) throw invalid(baseUrl, "has a host without a dot, which Terraform does not accept");
  // it goes into server rules and pages: only characters without a meaning there
  const basePath = `${withoutTrailingSlashes(url.pathname)}/`;
  if (!/^\/(?:[A-Za-z0-9_~-][A-Za-z0-9._~-]*\/)*$/.test(basePath) || basePath.length > 200)
    throw invalid(baseUrl, "has a path with other characters than letters, digits, / . _ ~ and -");
  return { host: url.host, basePath };
}

/** Without `baseUrl` the message does not show it. */
function invalid(baseUrl: string | undefined, why: string): InputError {
  const what = baseUrl === undefined ? "The base URL" : quoted(baseUrl);
  return inputError(
    "registry-base-url-invalid",
    `${what} ${why}.`,
    "Write it like https://registry.example.com.",
    "--base-url",
  );
}
