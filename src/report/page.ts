/** Puts the report together: one HTML file that loads nothing and sends nothing. */
import { createHash } from "node:crypto";
import { html } from "../text/escape";
import { element, link } from "../text/markup";
import { counted } from "../text/words";
import { packageText } from "../files/read-file";
import { COLUMNS, graph, GRAPH_ROLES, reachPairs, ROW, TOP, WIDTH } from "./graph";
import { matrix } from "./matrix";
import { findingsSection, identitiesSection, issuersSection, rolesSection } from "./sections";
import type { ReportFinding, ReportView } from "./view";

/** The page as text. Names from the file are escaped; style and script are allowed by their hashes alone. */
export function reportPage(view: ReportView): string {
  const [style, script] = [packageText("templates/report/report.css"), packageText("templates/report/report.js")];
  const policy =
    `default-src 'none'; style-src '${hash(style)}'; script-src '${hash(script)}'; ` +
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
<a class="skip" href="#roles">Skip to the roles</a>
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
  const note =
    view.roles.length > GRAPH_ROLES
      ? `The first ${GRAPH_ROLES} of ${view.roles.length} roles; filter to see others.`
      : "Issuers, identities, roles.";
  const legend =
    "Who reaches what. A mark links to the statement of the trust policy that allows it: " +
    '<span class="mark">●</span> always, <span class="mark">◐</span> under further conditions.';
  return [
    { id: "findings", title: "Findings", body: findingsSection(view) },
    {
      id: "graph-section",
      title: "Graph",
      body:
        `<p class="muted" id="graph-note">${note}</p>` +
        `<div class="scroll" role="group" tabindex="0" aria-label="Graph">${graph(view)}</div>`,
    },
    { id: "matrix", title: "Matrix", body: `<p class="muted">${legend}</p>${matrix(view)}` },
    { id: "roles", title: "Roles", body: `<div class="cards">${rolesSection(view)}</div>` },
    { id: "issuers", title: "Issuers", body: `<div class="cards narrow">${issuersSection(view)}</div>` },
    { id: "identities", title: "Identities", body: identitiesSection(view) },
  ];
}

/** Numbers only: [identity, role] pairs, each identity's issuer (-1: none), and the graph's measures. */
function dataOf(view: ReportView): unknown {
  const issuers = new Map(view.issuers.map(({ key }, index) => [key, index]));
  return {
    pairs: reachPairs(view),
    issuers: view.identities.map(({ issuer }) => (issuer === null ? -1 : (issuers.get(issuer) ?? -1))),
    layout: { columns: COLUMNS, roles: GRAPH_ROLES, row: ROW, top: TOP, width: WIDTH },
  };
}

function header(view: ReportView, sections: readonly Section[]): string {
  const accounts = view.accounts
    .map(({ key, accountId }) => [key, accountId ?? "known at plan time"].filter((part) => part !== null).join(" "))
    .join(", ");
  const standing = [
    ...view.findings,
    ...view.issuers.flatMap(({ findings }) => findings),
    ...view.roles.flatMap(({ findings }) => findings),
  ].filter(({ ignored }) => ignored === null);
  const count = (severity: ReportFinding["severity"]): number =>
    standing.filter((finding) => finding.severity === severity).length;
  const errors = count("error");
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
    `<p class="lede">AWS account ${html(accounts)}</p>`,
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
  return `<search class="bar"><form id="filter" aria-label="Filter">
<label>Identity <input type="search" id="f-identity" autocomplete="off" spellcheck="false"></label>
<label>Role <input type="search" id="f-role" autocomplete="off" spellcheck="false"></label>
<label>Issuer <select id="f-issuer"><option value="">all</option>${issuers}</select></label>
<label class="check"><input type="checkbox" id="f-findings"> With findings</label>
<button type="reset">Show all</button>
<output id="f-count" for="f-identity f-role f-issuer f-findings" aria-live="polite">${roles}, ${identities}</output>
</form></search>`;
}

function hash(text: string): string {
  return `sha256-${createHash("sha256").update(text, "utf8").digest("base64")}`;
}
