/** A module's page: usage, inputs, outputs, README, versions. One for each version, and one for the newest. */
import { html, htmlText } from "../../text/escape";
import { code, element, link, scrollingTable } from "../../text/markup";
import { counted, grouped } from "../../text/words";
import {
  attributeExpression,
  type ContractRule,
  type ModuleContract,
  type ModuleVariable,
  typeExpression,
} from "../../module/contract";
import type { ReleasedModule } from "../../release/manifest";
import { withSource } from "../../release/readme";
import { addressText, ARCHIVE_NAME, type ModuleAddress } from "../tree/address";
import { newestFirst, type RegistrySite } from "../tree/documents";
import { pageHtml } from "./page";
import { readmeHtml } from "./readme";
import { example, sourceAddress, UNKNOWN_HOST, usage } from "./usage";

export interface ModuleView {
  readonly site: RegistrySite;
  readonly address: ModuleAddress;
  readonly module: ReleasedModule;
  /** The commit it was packed from, where known. */
  readonly commit: string | null;
  /** Markdown; undefined where the archive has none. */
  readonly readme: string | undefined;
}

/** How many versions are shown at once; the others are folded, by minor version. */
const SHOWN_VERSIONS = 8;

/** The page of the newest version, with the list of all. Lies in the module's folder. */
export function modulePage(view: ModuleView, versions: Iterable<string>): Buffer {
  return pageHtml({
    title: `${addressText(view.address)} ${view.module.version}`,
    trail: ALL_MODULES("../../../../../"),
    body: `${moduleBody(view, `${view.module.version}/`)}\n${versionsSection(newestFirst(versions))}`,
  });
}

/** The page of one version, in that version's folder: it does not change when others are published. */
export function versionPage(view: ModuleView): Buffer {
  return pageHtml({
    title: `${addressText(view.address)} ${view.module.version}`,
    trail: `${ALL_MODULES("../../../../../../")} / ${link("../index.html", addressText(view.address))}`,
    body: moduleBody(view, ""),
  });
}

const ALL_MODULES = (up: string): string => link(`${up}index.html`, "All modules");

function moduleBody(view: ModuleView, toVersion: string): string {
  const { site, address, module, readme } = view;
  const { contract } = module;
  const ours = readme === undefined ? undefined : withSource(readme, module, sourceAddress(site, address));
  const call = example(ours);
  const needs = [
    `Terraform ${contract.requiredVersion}`,
    ...Object.values(contract.requiredProviders).map(({ source, version }) => `${source} ${version}`),
  ];
  const sections: readonly (readonly [title: string, body: string])[] = [
    [
      "Usage",
      codeBlock(call ?? usage(site, address, module.version, contract)) +
        (site.host === null ? `<p class="soft">Replace ${UNKNOWN_HOST} with the host of this registry.</p>\n` : "") +
        archiveNote(view, toVersion),
    ],
    ["Inputs", contract.variables.length === 0 ? NONE : list("inputs", contract.variables.map(input))],
    ["Outputs", contract.outputs.length === 0 ? NONE : outputs(contract)],
    ...(ours === undefined
      ? []
      : [["README", readmeHtml(call === undefined ? ours : ours.replace(call, "# as above"))] as const]),
  ];
  const contents = [...sections.map(([title]) => title), ...(toVersion === "" ? [] : ["Versions"])];
  return `<h1>${html(address.name)} <span class="soft">${html(module.version)}</span></h1>
<p>${html(contract.summary)}</p>
<p class="soft">Needs ${html(needs.join("; "))}.</p>
<p class="contents">${contents.map((title) => link(`#${title.toLowerCase()}`, title)).join(" ")}</p>
${sections.map(([title, body]) => `<h2 id="${title.toLowerCase()}">${title}</h2>\n${body}`).join("\n")}`;
}

const NONE = "<p>None.</p>";

function list(name: string, items: readonly string[]): string {
  return element("ul", { class: name }, ...items);
}

function codeBlock(text: string): string {
  return `<pre tabindex="0"><code>${htmlText(text)}</code></pre>\n`;
}

function archiveNote({ module, commit }: ModuleView, toVersion: string): string {
  const archive = link(`${toVersion}${ARCHIVE_NAME}`, "Archive", { download: module.archive });
  const source = commit === null ? "" : `, packed from commit ${code(commit)}`;
  const manifest = `${link(`${toVersion}manifest.json`, "Manifest")} with the digest of each file.`;
  const size = `${grouped(module.size)} bytes`;
  return `<p class="soft">${archive}, ${size}, SHA-256 ${code(module.sha256)}${source}. ${manifest}</p>`;
}

/** A sentence of a contract, its `code` as code. */
function prose(text: string): string {
  return html(text).replace(/&#96;((?:(?!&#96;).)+)&#96;/g, "<code>$1</code>");
}

function folded(summary: string, body: string): string {
  return `<details><summary>${summary}</summary>${body}</details>`;
}

function input({ name, description, type, default: fallback, validations }: ModuleVariable): string {
  const plain =
    typeof type === "string" ||
    ("list" in type && typeof type.list === "string") ||
    ("map" in type && typeof type.map === "string");
  return element(
    "li",
    { id: `input-${name}` },
    `<strong><code>${htmlText(name)}</code></strong> `,
    plain ? `<code class="soft">${htmlText(typeExpression(type))}</code> ` : "",
    fallback === undefined
      ? '<span class="need">required</span>'
      : `<span class="soft">default <code>${htmlText(JSON.stringify(fallback))}</code></span>`,
    `<p>${prose(description)}</p>`,
    rules(validations),
    plain ? "" : folded("Type", codeBlock(typeLines(type, ""))),
  );
}

function rules(validations: readonly ContractRule[]): string {
  if (validations.length === 0) return "";
  const messages = [...new Set(validations.map(({ message }) => message))];
  const items = messages.map((message) => `<li>${prose(message)}.</li>`);
  return folded(counted(messages.length, "rule"), `<ul>${items.join("")}</ul>`);
}

/** A type over several lines, two spaces a level. */
function typeLines(type: ModuleVariable["type"], indent: string): string {
  if (typeof type === "string") return type;
  if ("list" in type) return `list(${typeLines(type.list, indent)})`;
  if ("map" in type) return `map(${typeLines(type.map, indent)})`;
  const lines = Object.entries(type.object).map(
    ([name, attribute]) =>
      `${indent}  ${name} = ${attributeExpression(attribute, (inner) => typeLines(inner, `${indent}  `))}`,
  );
  return `object({\n${lines.join("\n")}\n${indent}})`;
}

function outputs(contract: ModuleContract): string {
  const rows = contract.outputs.map(
    ({ name, description }) =>
      `<tr><th scope="row"><code>${htmlText(name)}</code></th><td>${prose(description)}</td></tr>`,
  );
  return scrollingTable("Outputs", ["Name", "Description"], rows);
}

function versionsSection(versions: readonly string[]): string {
  const older = new Map<string, string[]>();
  for (const version of versions.slice(SHOWN_VERSIONS)) {
    const minor = version.split(".").slice(0, 2).join(".");
    older.set(minor, [...(older.get(minor) ?? []), version]);
  }
  const minors = [...older].map(([minor, below]) => {
    return folded(`${html(minor)}: ${counted(below.length, "version")}`, versionList(below));
  });
  return ['<h2 id="versions">Versions</h2>', versionList(versions.slice(0, SHOWN_VERSIONS)), ...minors].join("\n");
}

function versionList(versions: readonly string[]): string {
  return list(
    "versions",
    versions.map((version) => `<li>${link(`${version}/index.html`, version)}</li>`),
  );
}
