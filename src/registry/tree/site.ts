/** Where a registry is served, read from `--base-url`. */
import { InputError } from "../../errors";
import { quoted } from "../../text/text-rule";
import type { RegistrySite } from "./documents";

/** A registry nobody gave an address yet: works at the root of any host. */
export const UNKNOWN_SITE: RegistrySite = { host: null, basePath: "/" };

/** Throws InputError registry-base-url-invalid. */
export function readSite(baseUrl: string): RegistrySite {
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : undefined;
  if (url === undefined) throw invalid(baseUrl, "is no URL");
  if (url.username !== "" || url.password !== "") throw invalid(undefined, "has a user or password in it");
  if (url.protocol !== "https:") throw invalid(baseUrl, "is not https, which Terraform wants of a registry");
  if (url.search !== "" || url.hash !== "") throw invalid(baseUrl, "has a query or a fragment");
  if (!url.hostname.includes(".")) throw invalid(baseUrl, "has no host with a dot in its name, as Terraform wants");
  // what goes into server rules and pages keeps to characters that mean nothing there
  const basePath = url.pathname.replace(/\/*$/, "/");
  if (!/^\/(?:[A-Za-z0-9_~-][A-Za-z0-9._~-]*\/)*$/.test(basePath) || basePath.length > 200)
    throw invalid(baseUrl, "has a path with other characters than letters, digits, / . _ ~ and -");
  return { host: url.host, basePath };
}

/** Without `baseUrl` the message keeps it to itself. */
function invalid(baseUrl: string | undefined, why: string): InputError {
  const what = baseUrl === undefined ? "The base URL" : quoted(baseUrl);
  return new InputError({
    code: "registry-base-url-invalid",
    message: `${what} ${why}.`,
    path: "--base-url",
    fix: "Write it like https://registry.example.com.",
  });
}
