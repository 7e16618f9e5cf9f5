/**
 * Settings of web servers for a registry: the header by which Terraform finds an archive, and the types of files
 * without an ending. Written beside the registry.
 */
import { ARCHIVE_LOCATION, ARCHIVE_NAME, MODULES_PATH } from "./address";
import type { RegistrySite } from "./documents";

/** Files by path below the registry's folder. */
export function serverRules(site: RegistrySite): ReadonlyMap<string, Buffer> {
  const files: readonly (readonly [string, string])[] = [
    // without it GitHub Pages leaves out names that begin with a dot
    [".nojekyll", ""],
    ["_headers", headersFile(site)],
    ["server-rules/nginx.conf", nginx(site)],
    ["server-rules/cloudfront-function.js", cloudFrontFunction(site)],
    ["server-rules/README.md", notes(site)],
  ];
  return new Map(files.map(([path, text]) => [path, Buffer.from(text)]));
}

/** `base` may hold nothing but letters, digits and `/._~-` (see readSite). */
function escaped(base: string): string {
  return base.replaceAll(".", "\\.");
}

function nginx({ basePath }: RegistrySite): string {
  const base = escaped(basePath);
  const root = basePath === "/" ? "is the registry's folder" : `has the registry's folder under ${basePath}`;
  return `# A Terraform module registry as static files. Include this file in the server block whose
# root ${root}:
#
#   server {
#     listen 443 ssl;
#     server_name registry.example.com;
#     root /srv/registry;
#     include /srv/registry/server-rules/nginx.conf;
#   }

# Terraform reads the header, OpenTofu the body.
location ~ "^${base}${MODULES_PATH}/[^/]+/[^/]+/[^/]+/[^/]+/download$" {
  types { }
  default_type application/json;
  add_header X-Terraform-Get "${ARCHIVE_LOCATION}" always;
  add_header X-Content-Type-Options nosniff always;
}

location ~ "^${base}${MODULES_PATH}/[^/]+/[^/]+/[^/]+/versions$" {
  types { }
  default_type application/json;
  add_header Cache-Control "no-cache" always;
  add_header X-Content-Type-Options nosniff always;
}

location ~ "^${base}${MODULES_PATH}/[^/]+/[^/]+/[^/]+/[^/]+/${escaped(ARCHIVE_NAME)}$" {
  types { }
  default_type application/gzip;
  gzip off;
  add_header Cache-Control "public, max-age=31536000, immutable";
  add_header X-Content-Type-Options nosniff always;
}

location = /.well-known/terraform.json {
  types { }
  default_type application/json;
}

# Hide the state of a publish in progress.
location ~ "/\\.(?!well-known/)" {
  return 404;
}
`;
}

/** Cloudflare Pages and Netlify read the same file. */
function headersFile({ basePath }: RegistrySite): string {
  const module = `${basePath}${MODULES_PATH}/:namespace/:name/:system`;
  return `# Read by Cloudflare Pages, Workers static assets and Netlify. Terraform reads the header, OpenTofu the body.
${module}/:version/download
  X-Terraform-Get: ${ARCHIVE_LOCATION}
  Content-Type: application/json
${module}/versions
  Content-Type: application/json
  Cache-Control: no-cache
${module}/:version/${ARCHIVE_NAME}
  Cache-Control: public, max-age=31536000, immutable
`;
}

/** ES 5.1, which every runtime of CloudFront Functions supports. */
function cloudFrontFunction({ basePath }: RegistrySite): string {
  const part = "[^\\/]+";
  const base = escaped(`${basePath}${MODULES_PATH}`).replaceAll("/", "\\/");
  const path = `${base}\\/${part}\\/${part}\\/${part}\\/(versions|${part}\\/download)`;
  return `// CloudFront function for a Terraform module registry as static files. Event type: viewer response.
// Terraform reads the header, OpenTofu the body.
function handler(event) {
  var response = event.response;
  var path = event.request.uri;
  var module = /^${path}$/.exec(path);
  if (module !== null) {
    response.headers['content-type'] = { value: 'application/json' };
    if (module[1] !== 'versions') response.headers['x-terraform-get'] = { value: '${ARCHIVE_LOCATION}' };
  }
  return response;
}
`;
}

function notes({ basePath }: RegistrySite): string {
  const below =
    basePath === "/"
      ? ""
      : `
This registry is served under \`${basePath}\`. Terraform requests \`/.well-known/terraform.json\` at the root of the
host: serve this folder's file there.
`;
  const cloudFront =
    "publish [cloudfront-function.js](cloudfront-function.js) and attach it to the behavior as *viewer response*; or " +
    `a response headers policy with that one header for \`${basePath}${MODULES_PATH}/*/download\``;
  return `# Serving this registry

Terraform finds a module's archive by the header \`X-Terraform-Get: ${ARCHIVE_LOCATION}\` on \`…/download\`, the same
for every module and version. OpenTofu finds it by the JSON body, which any server sends.
${below}
| server | what to do |
|---|---|
| nginx | include [nginx.conf](nginx.conf) in the \`server\` block |
| S3 with CloudFront | ${cloudFront} |
| Cloudflare Pages, Netlify | nothing: they read \`_headers\` at the top of this folder |
| GitHub Pages, GitLab Pages, a bare bucket | they send no custom header: OpenTofu works, Terraform does not |

In a folder (a bucket has none) lists and pages are relative links into \`.registry-states\`. To a host that does not
support links, upload a copy of what they point to: \`cp -RL registry site\`.

Where no header can be sent, Terraform users name the archive itself, without \`version\`:

\`\`\`hcl
module "databricks" {
  source = "https://registry.example.com${basePath}${MODULES_PATH}/NAMESPACE/NAME/aws/1.2.0/${ARCHIVE_NAME}"
}
\`\`\`

or the registry is put behind a CDN that adds the header.
`;
}
