/**
 * A module's page: how to use it, what it takes and gives, its README, its versions. One a version, and one for the
 * newest.
 */
import { html, htmlText } from "../../text/escape";
import type { ContractRule, ModuleContract, ModuleVariable } from "../../module/contract";
import { attributeExpression, typeExpression } from "../../module/contract";
import type { ReleasedModule } from "../../release/manifest";
import type { ModuleAddress } from "../tree/address";
import { addressText, ARCHIVE_NAME } from "../tree/address";
import type { RegistrySite } from "../tree/documents";
import { newestFirst } from "../tree/documents";
import { pageHtml } from "./page";
import { readmeHtml } from "./readme";
import { example, UNKNOWN_HOST, usage, withSource } from "./usage";

export interface ModuleView {
  readonly site: RegistrySite;
  readonly address: ModuleAddress;
  readonly module: ReleasedModule;
  /** The commit it was packed from, where known. */
  readonly commit: string | null;
  /** Markdown; undefined where the archive has none. */
  readonly readme: string | undefined;
}

/** How many versions stand in the open; the others are folded, by minor version. */
const SHOWN_VERSIONS = 8;

/** The page of the newest version, with the list of all. Lies in the module's folder. */
export function modulePage(view: ModuleView, versions: Iterable<string>): Buffer {
  return pageHtml({
    title: `${addressText(view.address)} ${view.module.version}`,
    trail: `<a href="../../../../../index.html">All modules</a>`,
    body: `${moduleBody(view, `${view.module.version}/`)}\n${versionsSection(newestFirst(versions))}`,
  });
}

/** The page of one version, in that version's folder: it does not change when others are published. */
export function versionPage(view: ModuleView): Buffer {
  return pageHtml({
    title: `${addressText(view.address)} ${view.module.version}`,
    trail:
      `<a href="../../../../../../index.html">All modules</a> / <a ` +
      `href="../index.html">${html(addressText(view.address))}</a>`,
    body: moduleBody(view, ""),
  });
}

function moduleBody(view: ModuleView, toVersion: string): string {
  const { site, address, module, commit, readme } = view;
  const { contract } = module;
  const ours = readme === undefined ? undefined : withSource(readme, site, address, module.version);
  const call = example(ours);
  const needs = [
    `Terraform ${contract.requiredVersion}`,
    ...Object.values(contract.requiredProviders).map(({ source, version }) => `${source} ${version}`),
  ];
  return (
    `<h1>${html(address.name)} <span class="soft">${html(module.version)}</span></h1>
<p>${html(contract.summary)}</p>
<p class="soft">Needs ${html(needs.join("; "))}.</p>
<p class="contents"><a href="#usage">Usage</a> <a href="#inputs">Inputs</a> <a ` +
    `href="#outputs">Outputs</a>${ours === undefined ? "" : ' <a href="#readme">README</a>'}${toVersion === "" ? "" : ' <a href="#versions">Versions</a>'}</p>
<h2 id="usage">Usage</h2>
<pre tabindex="0"><code>${htmlText(call ?? usage(site, address, module.version, contract))}</code></pre>
${site.host === null ? `<p class="soft">Write the host that serves this ` + `registry ` + `for ${UNKNOWN_HOST}.</p>\n` : ""}<p class="soft"><a href="${toVersion}${ARCHIVE_NAME}" download="${html(module.archive)}">Archive</a>, ${module.size.toLocaleString("en")} bytes, SHA-256 <code>${html(module.sha256)}</code>${commit === null ? "" : `, packed from commit <code>${html(commit)}</code>`}. <a href="${toVersion}manifest.json">Manifest</a> with the digest of each file.</p>
<h2 id="inputs">Inputs</h2>
${inputs(contract)}
<h2 id="outputs">Outputs</h2>
${outputs(contract)}${ours === undefined ? "" : `\n<h2 id="readme">README</h2>\n${readmeHtml(call === undefined ? ours : ours.replace(call, "# as above"))}`}`
  );
}

/** A sentence of a contract, its `code` as code. */
function prose(text: string): string {
  return html(text).replace(/&#96;((?:(?!&#96;).)+)&#96;/g, "<code>$1</code>");
}

function inputs(contract: ModuleContract): string {
  if (contract.variables.length === 0) return "<p>None.</p>";
  return `<ul class="inputs">\n${contract.variables.map(input).join("\n")}\n</ul>`;
}

function input(variable: ModuleVariable): string {
  const { name, description, type } = variable;
  const plain =
    typeof type === "string" ||
    ("list" in type && typeof type.list === "string") ||
    ("map" in type && typeof type.map === "string");
  const fallback =
    variable.default === undefined
      ? '<span class="need">required</span>'
      : `<span class="soft">default <code>${htmlText(JSON.stringify(variable.default))}</code></span>`;
  return `<li id="input-${html(name)}"><strong><code>${htmlText(name)}</code></strong> ${plain ? `<code class="soft">${htmlText(typeExpression(type))}</code> ` : ""}${fallback}<p>${prose(description)}</p>${rules(variable.validations)}${plain ? "" : `<details><summary>Type</summary><pre tabindex="0"><code>${htmlText(typeLines(type, ""))}</code></pre></details>`}</li>`;
}

function rules(validations: readonly ContractRule[]): string {
  if (validations.length === 0) return "";
  const messages = [...new Set(validations.map(({ message }) => message))];
  return `<details><summary>${messages.length === 1 ? "1 rule" : `${messages.length} rules`}</summary><ul>${messages.map((message) => `<li>${prose(message)}.</li>`).join("")}</ul></details>`;
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
  if (contract.outputs.length === 0) return "<p>None.</p>";
  const rows = contract.outputs.map(
    ({ name, description }) =>
      `<tr><th scope="row"><code>${htmlText(name)}</code></th><td>${prose(description)}</td></tr>`,
  );
  return (
    `<div class="scroll" role="group" tabindex="0" aria-label="Outputs"><table><thead><tr><th ` +
    `scope="col">Name</th><th scope="col">What it ` +
    `is</th></tr></thead><tbody>\n${rows.join("\n")}\n</tbody></table></div>`
  );
}

function versionsSection(versions: readonly string[]): string {
  const folded = new Map<string, string[]>();
  for (const version of versions.slice(SHOWN_VERSIONS)) {
    const minor = version.split(".").slice(0, 2).join(".");
    folded.set(minor, [...(folded.get(minor) ?? []), version]);
  }
  const older = [...folded].map(
    ([minor, below]) =>
      `<details><summary>${html(minor)}: ${below.length === 1 ? "1 version" : `${below.length} versions`}</summary>${versionList(below)}</details>`,
  );
  return `<h2 id="versions">Versions</h2>\n${versionList(versions.slice(0, SHOWN_VERSIONS))}${older.length === 0 ? "" : `\n${older.join("\n")}`}`;
}

function versionList(versions: readonly string[]): string {
  return `<ul class="versions">${versions.map((version) => `<li><a href="${html(version)}/index.html">${html(version)}</a></li>`).join("")}</ul>`;
}
