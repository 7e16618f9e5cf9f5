/** The registry's front page: its modules. */
import { html } from "../../text/escape";
import type { ListedModule, RegistryDocument } from "../tree/documents";
import { addressText, moduleFolder } from "../tree/address";
import { pageHtml } from "./page";
import { sourceAddress } from "./usage";

export function indexPage(registry: RegistryDocument): Buffer {
  const { site, modules } = registry;
  const title = site.host === null ? "Terraform modules" : `Terraform modules of ${site.host}`;
  return pageHtml({
    title,
    body:
      `<h1>${html(title)}</h1>
<p class="soft">For Terraform 1.5 or newer and OpenTofu. Each version stays as it was published; <a ` +
      `href="SHA256SUMS">SHA256SUMS</a> covers this registry.</p>
${modules.length === 0 ? "<p>Nothing is published " + "yet.</p>" : `<ul class="modules">\n${modules.map((module) => moduleItem(registry, module)).join("\n")}\n</ul>`}`,
  });
}

function moduleItem({ site }: RegistryDocument, module: ListedModule): string {
  return `<li><h2><a href="${html(`${moduleFolder(module)}/index.html`)}">${html(addressText(module))}</a></h2><p>${html(module.summary)}</p><p class="soft">${html(module.newest)}, ${module.versions === 1 ? "the only version" : `the newest of ${module.versions} versions`}</p><code>${html(sourceAddress(site, module))}</code></li>`;
}
