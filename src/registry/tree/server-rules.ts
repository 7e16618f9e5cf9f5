/**
 * Settings of web servers for a registry: the header by which Terraform finds an archive, and the types of files
 * without an ending. Written beside the registry.
 */
import { type Renderer, rendererWith } from "../../hcl/templates";
import { ARCHIVE_LOCATION, ARCHIVE_NAME, MODULES_PATH } from "./address";
import type { RegistrySite } from "./documents";

const FILES = {
  _headers: "_headers",
  "server-rules/nginx.conf": "nginx.conf",
  "server-rules/cloudfront-function.js": "cloudfront-function.js",
  "server-rules/README.md": "README.md",
};

/** Where the files lie below the registry's folder. Without `.nojekyll` GitHub Pages leaves out names with a dot. */
export const SERVER_RULES: readonly string[] = [".nojekyll", ...Object.keys(FILES)];

let render: Renderer | undefined;

/** Files by path below the registry's folder. */
export function serverRules({ basePath }: RegistrySite): ReadonlyMap<string, Buffer> {
  // a base path holds nothing but letters, digits and `/._~-` (see readSite)
  const modules = `${basePath}${MODULES_PATH}`;
  const view = {
    modules,
    below: basePath === "/" ? "" : basePath,
    location: ARCHIVE_LOCATION,
    archive: ARCHIVE_NAME,
    modulesPattern: escaped(modules),
    archivePattern: escaped(ARCHIVE_NAME),
    pathPattern: escaped(modules).replaceAll("/", "\\/"),
  };
  const renderer = (render ??= rendererWith({}, []));
  const texts = Object.entries(FILES).map(
    ([path, template]) => [path, renderer(`registry/${template}.hbs`, view)] as const,
  );
  return new Map([[".nojekyll", ""] as const, ...texts].map(([path, text]) => [path, Buffer.from(text)]));
}

function escaped(text: string): string {
  return text.replaceAll(".", "\\.");
}
