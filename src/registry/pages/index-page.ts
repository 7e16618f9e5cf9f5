/** The registry's front page: its modules. */
import { html } from "../../text/escape";
import { code, element, link } from "../../text/markup";
import type { ListedModule, RegistryDocument } from "../tree/documents";
import { addressText, moduleFolder } from "../tree/address";
import { pageHtml } from "./page";
import { sourceAddress } from "./usage";

export function indexPage(registry: RegistryDocument): Buffer {
  const { site, modules } = registry;
  const title = site.host === null ? "Terraform modules" : `Terraform modules of ${site.host}`;
  const items = modules.map((module) => moduleItem(registry, module));
  return pageHtml({
    title,
    body: `<h1>${html(title)}</h1>
<p class="soft">For Terraform 1.5 or newer and OpenTofu. A published version never changes;
<a href="SHA256SUMS">SHA256SUMS</a> covers this registry.</p>
${
  items.length === 0
    ? "<p>No module is published yet.</p>"
    : `${FINDER}
${element("ul", { class: "modules" }, ...items)}`
}`,
  });
}

/** Shown by the script. */
const FINDER = `<p id="finder" hidden>
<label>Find a module <input id="search" type="search" autocomplete="off"></label></p>
<p id="none" hidden>No module has these words.</p>`;

function moduleItem({ site }: RegistryDocument, module: ListedModule): string {
  const versions = module.versions === 1 ? "the only version" : `the newest of ${module.versions} versions`;
  return element(
    "li",
    {},
    `<h2>${link(`${moduleFolder(module)}/index.html`, addressText(module))}</h2>`,
    `<p>${html(module.summary)}</p><p class="soft">${html(module.newest)}, ${versions}</p>`,
    code(sourceAddress(site, module)),
  );
}
