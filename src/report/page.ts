/** Puts the report together: one HTML file that loads nothing and sends nothing. */
import { html } from "../text/escape";
import { element, link } from "../text/markup";
import { counted } from "../text/words";
import { hashSource } from "../files/hash-source";
import { packageText } from "../files/read-file";
import { findingsSection, issuersSection, placedFindings } from "./findings-section";
import { identitiesSection } from "./identities-section";
import { rolesSection } from "./roles-section";
import { trailSection } from "./trail-section";
import type { ReportFinding, ReportView } from "./view";

/** What the page does in a browser, in this order. */
const SCRIPTS = ["read", "graph", "matrix", "lists", "take-away", "start"];

/** The page as text. Names from the file are escaped; style and script are allowed by their hashes alone. */
export function reportPage(view: ReportView): string {
  const style = packageText("templates/report/report.css");
  const scripts = SCRIPTS.map((name) => packageText(`templates/report/${name}.js`));
  const script = `"use strict";\n(() => {\n${scripts.join("\n")}})();\n`;
  const policy =
    `default-src 'none'; style-src ${hashSource(style)}; script-src ${hashSource(script)}; ` +
    `base-uri 'none'; form-action 'none'`;
  const sections = sectionsOf(view);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${html(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="databricks-aws-oidc">
<meta name="robots" content="noindex">
<title>${html(view.name)}: who reaches what</title>
<style>${style}</style>
</head>
<body>
<a class="skip" href="#identities">Skip to the identities</a>
${header(view, sections)}
${filters(view)}
<main>
${sections
  .map(({ id, title, body }) =>
    element("section", { id, "aria-labelledby": `${id}-title` }, `<h2 id="${id}-title">${title}</h2>`, body),
  )
  .join("\n")}
</main>
<footer><p>Made by databricks-aws-oidc from the federation file. It shows what is declared;
<code>lint</code> compares a plan, <code>doctor</code> checks AWS.</p></footer>
<script type="application/json" id="reach">${JSON.stringify(dataOf(view))}</script>
<script>${script}</script>
</body>
</html>
`;
}

interface Section {
  readonly id: string;
  readonly title: string;
  /** Markup. */
  readonly body: string;
}

function sectionsOf(view: ReportView): readonly Section[] {
  const needsScript = "<noscript>Drawn by a script; the lists of identities and roles show the same.</noscript>";
  const legend =
    "Who reaches what. A mark links to the statement of the trust policy that allows it: " +
    '<span class="mark">●</span> always, <span class="mark">◐</span> under further conditions.';
  return [
    {
      id: "graph-section",
      title: "Graph",
      body:
        `<p class="muted" id="graph-note">${needsScript}</p>` +
        '<div class="scroll" role="group" tabindex="0" aria-label="Graph" id="graph" hidden></div>',
    },
    { id: "identities", title: "Identities", body: identitiesSection(view) },
    { id: "roles", title: "Roles", body: `<div class="cards">${rolesSection(view)}</div>` },
    {
      id: "matrix",
      title: "Matrix",
      body: `<p class="muted">${legend}</p><div id="matrix-table">${needsScript}</div>`,
    },
    ...(view.trail === null ? [] : [{ id: "trail", title: "CloudTrail", body: trailSection(view, view.trail) }]),
    { id: "findings", title: "Findings", body: findingsSection(view) },
    { id: "issuers", title: "Issuers", body: `<div class="cards narrow">${issuersSection(view)}</div>` },
  ];
}

/** Numbers only: of each role identity, statement and 1 for conditions in turn; each identity's issuer, or -1. */
function dataOf(view: ReportView): unknown {
  const issuers = new Map(view.issuers.map(({ key }, index) => [key, index]));
  const roles = new Map<string, number[]>(view.roles.map(({ key }) => [key, []]));
  for (const { identity, role, statement, conditions } of view.reaches)
    roles.get(role)?.push(identity, statement, conditions.length > 0 ? 1 : 0);
  return {
    roles: [...roles.values()],
    issuers: view.identities.map(({ issuer }) => (issuer === null ? -1 : (issuers.get(issuer) ?? -1))),
  };
}

function header(view: ReportView, sections: readonly Section[]): string {
  const accounts = view.accounts
    .map(({ key, accountId }) => [key, accountId ?? "known at plan time"].filter((part) => part !== null).join(" "))
    .join(", ");
  const standing = placedFindings(view);
  const count = (severity: ReportFinding["severity"]): number =>
    standing.filter(({ finding }) => finding.severity === severity).length;
  const errors = count("error");
  const made = element("time", { datetime: view.made }, html(timeText(view.made)));
  const stats = [
    stat(view.issuers.length, "Issuer", "Issuers", "issuers"),
    stat(view.identities.length, "Identity", "Identities", "identities"),
    stat(view.roles.length, "Role", "Roles", "roles"),
    stat(errors, "Error", "Errors", "findings", errors > 0),
    stat(count("warning"), "Warning", "Warnings", "findings"),
  ];
  return element(
    "header",
    { class: "top" },
    `<p class="eyebrow">Who reaches what</p><h1>${html(view.name)}</h1>`,
    `<p class="lede">AWS account ${html(accounts)}. Made ${made}.</p>`,
    element("ul", { class: "stats" }, ...stats),
    element(
      "nav",
      { class: "contents", "aria-label": "Contents" },
      ...sections.map(({ id, title }) => link(`#${id}`, title)),
    ),
  );
}

function stat(count: number, one: string, many: string, target: string, bad = false): string {
  const text = `<strong>${count}</strong> ${count === 1 ? one : many}`;
  return `<li>${element("a", { href: `#${target}`, class: bad && "bad" }, text)}</li>`;
}

function filters(view: ReportView): string {
  const issuers = view.issuers.map(({ key }, index) => `<option value="${index}">${html(key)}</option>`).join("");
  const roles = counted(view.roles.length, "role");
  const identities = counted(view.identities.length, "identity", "identities");
  return `<search class="bar" id="bar" hidden><form id="filter" aria-label="Filter">
<label>Search <input type="search" id="f-search" autocomplete="off" spellcheck="false"
placeholder="identity, role, action or resource"></label>
<label>Issuer <select id="f-issuer"><option value="">all</option>${issuers}</select></label>
<label class="check"><input type="checkbox" id="f-findings"> With findings</label>
<button type="reset">Show all</button>
<output id="f-count" for="f-search f-issuer f-findings" aria-live="polite">${roles}, ${identities}</output>
<span class="take"><button type="button" id="copy">Copy</button>
<button type="button" id="csv">CSV</button> <button type="button" id="print">Print</button></span>
</form></search>`;
}

/** `2026-11-30 13:25 UTC` */
function timeText(time: string): string {
  return `${time.slice(0, 10)} ${time.slice(11, 16)} UTC`;
}
