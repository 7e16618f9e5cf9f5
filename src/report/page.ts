/** Puts the report together: one HTML file that loads nothing and sends nothing. Pure. */
import { createHash } from "node:crypto";
import { html } from "../text/escape";
import { graph, GRAPH_ROLES, reachPairs } from "./graph";
import { matrix } from "./matrix";
import { SCRIPT } from "./script";
import { findingsSection, identitiesSection, issuersSection, rolesSection } from "./sections";
import { STYLE } from "./style";
import type { ReportView } from "./view";

/** The page as text. Names from the file reach it escaped; style and script are let in by their hashes alone. */
export function reportPage(view: ReportView): string {
  const policy =
    `default-src 'none'; style-src '${hash(STYLE)}'; script-src '${hash(SCRIPT)}'; base-uri ` +
    `'none'; form-action 'none'`;
  return (
    `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${html(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="databricks-aws-oidc">
<meta name="robots" content="noindex">
<title>${html(view.name)}: who reaches what</title>
<style>${STYLE}</style>
</head>
<body>
<a class="skip" href="#roles">Skip to the roles</a>
${header(view)}
${filters(view)}
<main>
${section("findings", "Findings", findingsSection(view))}
${section("graph-section", "Graph", `<p class="muted" ` + `id="graph-note">${view.roles.length > GRAPH_ROLES ? `The first ${GRAPH_ROLES} of ${view.roles.length} roles; filter to see others.` : "Issuers, identities, roles."}</p><div class="scroll" role="group" tabindex="0" aria-label="Graph">${graph(view)}</div>`)}
${section("matrix", "Matrix", `<p class="muted">Who reaches what. A mark leads to the line of the trust ` + `policy ` + `that lets in: <span class="mark">●</span> always, <span class="mark">◐</span> under further conditions.</p>${matrix(view)}`)}
${section("roles", "Roles", `<div class="cards">${rolesSection(view)}</div>`)}
${section("issuers", "Issuers", `<div class="cards narrow">${issuersSection(view)}</div>`)}
${section("identities", "Identities", identitiesSection(view))}
</main>
<footer><p>Made by databricks-aws-oidc from the federation file. It shows what is declared; <code>lint</code> ` +
    `compares a plan, <code>doctor</code> asks AWS.</p></footer>
<script type="application/json" id="reach">${JSON.stringify(dataOf(view))}</script>
<script>${SCRIPT}</script>
</body>
</html>
`
  );
}

const SECTIONS = [
  ["findings", "Findings"],
  ["graph-section", "Graph"],
  ["matrix", "Matrix"],
  ["roles", "Roles"],
  ["issuers", "Issuers"],
  ["identities", "Identities"],
] as const;

function section(id: string, title: string, body: string): string {
  return `<section id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${title}</h2>${body}</section>`;
}

/** Numbers only: [identity, role] pairs, and each identity's issuer (-1: none). */
function dataOf(view: ReportView): unknown {
  const issuers = new Map(view.issuers.map(({ key }, index) => [key, index]));
  return {
    pairs: reachPairs(view),
    issuers: view.identities.map(({ issuer }) => (issuer === null ? -1 : (issuers.get(issuer) ?? -1))),
  };
}

function header(view: ReportView): string {
  const accounts = view.accounts
    .map(({ key, accountId }) => [key, accountId ?? "known at plan time"].filter((part) => part !== null).join(" "))
    .join(", ");
  const standing = [
    ...view.findings,
    ...view.issuers.flatMap(({ findings }) => findings),
    ...view.roles.flatMap(({ findings }) => findings),
  ].filter(({ ignored }) => ignored === null);
  const errors = standing.filter(({ severity }) => severity === "error").length;
  const stats: readonly (readonly [one: string, many: string, count: number, target: string])[] = [
    ["Issuer", "Issuers", view.issuers.length, "issuers"],
    ["Identity", "Identities", view.identities.length, "identities"],
    ["Role", "Roles", view.roles.length, "roles"],
    ["Error", "Errors", errors, "findings"],
    ["Warning", "Warnings", standing.length - errors, "findings"],
  ];
  return (
    `<header class="top"><p class="eyebrow">Who reaches what</p><h1>${html(view.name)}</h1><p ` +
    `class="lede">AWS account ${html(accounts)}</p><ul ` +
    `class="stats">${stats.map(([one, many, count, target]) => `<li><a href="#${target}"${one === "Error" && count > 0 ? ' class="bad"' : ""}><strong>${count}</strong> ${count === 1 ? one : many}</a></li>`).join("")}</ul><nav class="contents" aria-label="Contents">${SECTIONS.map(([id, title]) => `<a href="#${id}">${title}</a>`).join("")}</nav></header>`
  );
}

function filters(view: ReportView): string {
  const issuers = view.issuers.map(({ key }, index) => `<option value="${index}">${html(key)}</option>`).join("");
  return (
    `<search class="bar"><form id="filter" aria-label="Filter">
<label>Identity <input type="search" id="f-identity" autocomplete="off" spellcheck="false"></label>
<label>Role <input type="search" id="f-role" autocomplete="off" spellcheck="false"></label>
<label>Issuer <select id="f-issuer"><option value="">all</option>${issuers}</select></label>
<label class="check"><input type="checkbox" id="f-findings"> With findings</label>
<button type="reset">Show all</button>
<output id="f-count" for="f-identity f-role f-issuer f-findings" ` +
    `aria-live="polite">${view.roles.length === 1 ? "1 role" : `${view.roles.length} roles`}, ${view.identities.length === 1 ? "1 identity" : `${view.identities.length} identities`}</output>
</form></search>`
  );
}

function hash(text: string): string {
  return `sha256-${createHash("sha256").update(text, "utf8").digest("base64")}`;
}
