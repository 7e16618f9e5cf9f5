/** A module's page: usage, inputs, outputs, README, changelog, files. One a version, and one of the newest. */
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
import type { ArchiveFile } from "../../release/archive";
import type { ManifestSource, ReleasedModule } from "../../release/manifest";
import { withSource } from "../../release/readme";
import { addressText, ARCHIVE_NAME, type ModuleAddress } from "../tree/address";
import { newestFirst, type RegistrySite } from "../tree/documents";
import { fileLink, fileList, fileTexts } from "./files";
import { codeBlock } from "./highlight";
import { pageHtml } from "./page";
import { readmeHtml } from "./readme";
import { example, sourceAddress, UNKNOWN_HOST, usage } from "./usage";

export interface ModuleView {
  readonly site: RegistrySite;
  readonly address: ModuleAddress;
  readonly module: ReleasedModule;
  /** What it was packed from, where known. */
  readonly source: ManifestSource;
  /** Of its archive, sorted by path. */
  readonly files: readonly ArchiveFile[];
}

/** How many versions are shown at once; the others are folded, by minor version. */
const SHOWN_VERSIONS = 8;

/** The page of the newest version, with the list of all. Lies in the module's folder. */
export function modulePage(view: ModuleView, versions: Iterable<string>): Buffer {
  const all = newestFirst(versions);
  return pageHtml({
    title: `${addressText(view.address)} ${view.module.version}`,
    trail: ALL_MODULES("../../../../../"),
    body: moduleBody(view, {
      toVersion: `${view.module.version}/index.html`,
      picker: [...all.slice(0, SHOWN_VERSIONS).map(versionLink), link("#versions", "All versions")],
      versions: versionsSection(all),
    }),
  });
}

/** The page of one version, in that version's folder: it does not change when others are published. */
export function versionPage(view: ModuleView): Buffer {
  return pageHtml({
    title: `${addressText(view.address)} ${view.module.version}`,
    trail: `${ALL_MODULES("../../../../../../")} / ${link("../index.html", addressText(view.address))}`,
    body: moduleBody(view, {
      toVersion: "",
      picker: [link("../index.html", "The newest version"), link("../index.html#versions", "All versions")],
    }),
  });
}

const ALL_MODULES = (up: string): string => link(`${up}index.html`, "All modules");

interface Placed {
  /** The way from this page to that of the version; empty where this is it. */
  readonly toVersion: string;
  /** Links to other versions. Markup. */
  readonly picker: readonly string[];
  /** Markup of the list of all; absent on the page of one version. */
  readonly versions?: string;
}

type Section = readonly [id: string, title: string, body: string];

function moduleBody(view: ModuleView, { toVersion, picker, versions }: Placed): string {
  const { site, address, module, files } = view;
  const { contract } = module;
  const readme = textOf(files, "README.md");
  const changelog = textOf(files, "CHANGELOG.md");
  const ours = readme === undefined ? undefined : withSource(readme, module, sourceAddress(site, address));
  const needs = [
    `Terraform ${contract.requiredVersion}`,
    ...Object.values(contract.requiredProviders).map(({ source, version }) => `${source} ${version}`),
  ];
  const resolve = (target: string): string | undefined => fileLink(target, files, toVersion);
  const sections: readonly Section[] = [
    [
      "usage",
      "Usage",
      codeBlock(example(ours) ?? usage(site, address, module.version, contract), "hcl") +
        (site.host === null ? `<p class="soft">Replace ${UNKNOWN_HOST} with the host of this registry.</p>\n` : "") +
        archiveNote(view, toVersion),
    ],
    ["inputs", "Inputs", contract.variables.length === 0 ? NONE : list("inputs", contract.variables.map(input))],
    ["outputs", "Outputs", contract.outputs.length === 0 ? NONE : outputs(contract)],
    ...section("readme", "README", ours === undefined ? "" : readmeHtml(ours, { prefix: "readme", resolve })),
    ...section(
      "changelog",
      "Changelog",
      changelog === undefined ? "" : readmeHtml(changelog, { prefix: "changelog", resolve }),
    ),
    ...section("files", "Files", toVersion === "" ? fileTexts(files) : fileList(files, toVersion)),
    ...section("versions", "Versions", versions ?? ""),
  ];
  const contents = sections.map(([id, title]) => `<li>${link(`#${id}`, title)}</li>`).join("");
  return `<h1>${html(address.name)}</h1>
${pickerMenu(module.version, picker)}
<p>${html(contract.summary)}</p>
<p class="soft">Needs ${html(needs.join("; "))}.</p>
<div class="columns">
<nav class="contents" aria-label="On this page"><ul>${contents}</ul></nav>
<div class="sections">
${sections.map(([id, title, body]) => `<h2 id="${id}">${title}</h2>\n${body}`).join("\n")}
</div>
</div>`;
}

/** None without a body. */
function section(id: string, title: string, body: string): readonly Section[] {
  return body === "" ? [] : [[id, title, body]];
}

function textOf(files: readonly ArchiveFile[], wanted: string): string | undefined {
  const file = files.find(({ path }) => path === wanted);
  return file === undefined ? undefined : Buffer.from(file.bytes).toString("utf8");
}

/** A menu without a script: the version, and the way to others. */
function pickerMenu(version: string, links: readonly string[]): string {
  const items = links.map((text) => `<li>${text}</li>`).join("");
  return `<details class="picker"><summary>Version ${html(version)}</summary><ul>${items}</ul></details>`;
}

function versionLink(version: string): string {
  return link(`${version}/index.html`, version);
}

const NONE = "<p>None.</p>";

function list(name: string, items: readonly string[]): string {
  return element("ul", { class: name }, ...items);
}

function archiveNote({ module, source: { commit, created } }: ModuleView, toVersion: string): string {
  const folder = toVersion.replace(/index\.html$/, "");
  const archive = link(`${folder}${ARCHIVE_NAME}`, "Archive", { download: module.archive });
  const date =
    created === undefined ? "" : ` of <time datetime="${html(created)}">${html(created.slice(0, 10))}</time>`;
  const source = commit === null ? date : `, packed from commit ${code(commit)}${date}`;
  const manifest = `${link(`${folder}manifest.json`, "Manifest")} with the digest of each file.`;
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
    plain ? "" : folded("Type", codeBlock(typeLines(type, ""), "hcl")),
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
  return [versionList(versions.slice(0, SHOWN_VERSIONS)), ...minors].join("\n");
}

function versionList(versions: readonly string[]): string {
  return list(
    "versions",
    versions.map((version) => `<li>${versionLink(version)}</li>`),
  );
}
