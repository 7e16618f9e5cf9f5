/** The parts of the page beside graph and matrix: findings, roles, issuers, identities. */
import { othersText } from "../explain/who-gets-in";
import { html, htmlText } from "../text/escape";
import { code, definitions, element, link, scrollingTable } from "../text/markup";
import { SECRET_NOTES } from "./secrets";
import type { ReportFinding, ReportIdentity, ReportIssuer, ReportReach, ReportRole, ReportView } from "./view";

/** More findings than these are read with their roles. */
const LISTED_FINDINGS = 50;
const LISTED_ROLES = 12;

/** Every finding that is not ignored, errors first, each with a link to its place. */
export function findingsSection(view: ReportView): string {
  const placed = [
    ...view.findings.map((finding) => ({ finding, place: "" })),
    ...view.issuers.flatMap(({ key, findings }, index) =>
      findings.map((finding) => ({ finding, place: `${link(`#u${index}`, key)}: ` })),
    ),
    ...view.roles.flatMap(({ name, findings }, index) =>
      findings.map((finding) => ({ finding, place: `${link(`#r${index}`, name)}: ` })),
    ),
  ].filter(({ finding }) => finding.ignored === null);
  if (placed.length === 0) return '<p class="clean"><span aria-hidden="true">✓</span> No findings by lint.</p>';
  const shown = placed
    .sort((left, right) => rank(left.finding) - rank(right.finding))
    .slice(0, LISTED_FINDINGS)
    .map(({ finding, place }) => findingItem(finding, place));
  const left = placed.length - shown.length;
  return (
    element("ul", { class: "findings" }, ...shown) +
    (left > 0 ? `<p class="muted">${left} more are shown with their roles.</p>` : "")
  );
}

function findingsOf(findings: readonly ReportFinding[]): string {
  if (findings.length === 0) return "";
  const items = [...findings]
    .sort((left, right) => rank(left) - rank(right))
    .map((finding) => findingItem(finding, finding.statement === null ? "" : `Statement ${finding.statement}: `));
  return element("ul", { class: "findings" }, ...items);
}

function rank({ ignored, severity }: ReportFinding): number {
  return ignored !== null ? 3 : ["error", "warning", "note"].indexOf(severity);
}

function findingItem({ ignored, severity, message, fix, rule }: ReportFinding, place: string): string {
  const badge = ignored === null ? severity : "ignored";
  const note = ignored === null ? fix : `“${ignored}”`;
  return element(
    "li",
    {},
    `<span class="badge ${badge}">${badge}</span>`,
    `<div><p>${place}${html(message)}</p><p class="muted">${html(note)} ${code(rule)}</p></div>`,
  );
}

/** A card for each role: what it is, who can assume it through which statement, and its trust policy, folded. */
export function rolesSection(view: ReportView): string {
  const byRole = new Map<string, ReportReach[]>();
  for (const reach of view.reaches) byRole.set(reach.role, [...(byRole.get(reach.role) ?? []), reach]);
  return view.roles.map((role, index) => roleCard(role, index, byRole.get(role.key) ?? [], view)).join("");
}

function roleCard(role: ReportRole, index: number, reaches: readonly ReportReach[], view: ReportView): string {
  const facts: (readonly [string, string])[] = [["Session", html(role.session)]];
  if (role.accounts.length > 0) facts.push(["AWS accounts", html(role.accounts.join(", "))]);
  if (role.permissionsBoundaryArn !== null) facts.push(["Boundary", code(role.permissionsBoundaryArn)]);
  if (role.policies.length > 0) facts.push(["Policies", code(...role.policies)]);
  const hasFindings = role.findings.some(({ ignored }) => ignored === null);
  return element(
    "article",
    { class: "card role", id: `r${index}`, "data-r": index, "data-f": hasFindings },
    `<h3>${html(role.name)}</h3>`,
    role.description === null ? "" : `<p class="lede">${html(role.description)}</p>`,
    `<p class="arn">${code(role.arn)}</p>`,
    findingsOf(role.findings),
    callersOf(role, index),
    reachTable(role, index, reaches, view),
    definitions("facts", facts),
    "<details><summary>Trust policy</summary>",
    element("pre", { tabindex: 0, "aria-label": `Trust policy of ${role.name}` }, policyText(role, index)),
    "</details>",
  );
}

/** Who gets in, decided for all requests, and why patterns may be wide. */
function callersOf({ name, callers, unsure, widePatterns }: ReportRole, index: number): string {
  const items = callers.map(({ says, statement }) => {
    const line = link(`#r${index}s${statement}`, `Statement ${statement}`);
    return `<li>${html(says)} <span class="muted">(${line})</span></li>`;
  });
  const others = othersText({ kinds: callers, unsure });
  const reasons = widePatterns.map(({ pattern, reason }) => `<li>${code(pattern)}: “${html(reason)}”</li>`);
  return [
    element("ul", { class: "callers", "aria-label": `Who gets into ${name}` }, ...items),
    `<p class="muted">${html(others.charAt(0).toUpperCase() + others.slice(1))}.</p>`,
    ...(reasons.length === 0 ? [] : ["<p>Wide patterns, and why:</p>", element("ul", { class: "wide" }, ...reasons)]),
  ].join("");
}

function reachTable(role: ReportRole, index: number, reaches: readonly ReportReach[], view: ReportView): string {
  const rows = reaches.map((reach) => {
    const identity = view.identities[reach.identity];
    const audiences = reach.audiences.length === 0 ? [] : [`aud ${reach.audiences.join(", ")}`];
    const conditions = [...audiences, ...reach.conditions];
    return row({ "data-i": reach.identity }, [
      link(`#i${reach.identity}`, identity?.who ?? ""),
      identity === undefined ? "" : kindText(identity.kind),
      html(identity?.issuer ?? ""),
      `${link(`#r${index}s${reach.statement}`, `Statement ${reach.statement}`)} ` +
        `<span class="muted">${html(reach.trust)}</span>`,
      conditions.map((condition) => `<span class="condition">${html(condition)}</span>`).join(""),
    ]);
  });
  const heads = ["Who", "Kind", "Issuer", "Through", "If"];
  return scrollingTable(`Who reaches ${role.name}`, heads, rows, { class: "stacked" });
}

function row(attributes: Readonly<Record<string, string | number>>, cells: readonly string[]): string {
  return element("tr", attributes, ...cells.map((cell) => `<td>${cell}</td>`));
}

/** The policy, one block for each statement, so that a statement can be linked to. */
function policyText({ trustPolicy }: ReportRole, index: number): string {
  const statements = trustPolicy.Statement.map((statement, at) =>
    element("span", { class: "statement", id: `r${index}s${at}` }, htmlText(JSON.stringify(statement, null, 1))),
  );
  return `{"Version": "${html(trustPolicy.Version)}", "Statement": [\n${statements.join(",\n")}\n]}`;
}

export function issuersSection(view: ReportView): string {
  return view.issuers.map((issuer, index) => issuerCard(issuer, index, view)).join("");
}

function issuerCard(issuer: ReportIssuer, index: number, view: ReportView): string {
  const identities = view.identities.filter((identity) => identity.issuer === issuer.key).length;
  return element(
    "article",
    { class: "card issuer", id: `u${index}`, "data-u": index },
    `<h3>${html(issuer.key)}</h3>`,
    `<p class="arn">${code(issuer.issuer)}</p>`,
    findingsOf(issuer.findings),
    definitions("facts", [
      ["Level", issuer.level],
      ["Databricks on", html(issuer.cloud ?? "a custom host")],
      ["Audiences", code(...issuer.audiences)],
      ["Provider", issuer.adopted ? "adopted" : "created"],
      ["Identities", String(identities)],
    ]),
  );
}

/** A row for each identity: which roles it can assume, and whether obtaining its token may use a stored secret. */
export function identitiesSection(view: ReportView): string {
  const roleIndex = new Map(view.roles.map(({ key }, index) => [key, index]));
  const reached = new Map<number, Set<number>>();
  for (const { identity, role } of view.reaches)
    reached.set(identity, (reached.get(identity) ?? new Set()).add(roleIndex.get(role) ?? 0));
  const rows = view.identities.map((identity) => identityRow(identity, [...(reached.get(identity.id) ?? [])], view));
  const kinds = [...new Set(view.identities.map(({ kind }) => kind))];
  return [
    scrollingTable("Identities", ["Who", "Kind", "Issuer", "Reaches", "Stored secret"], rows, {
      id: "identity-table",
      class: "stacked",
    }),
    "<h3>Where a stored secret is used</h3>",
    '<p class="muted">No token source stores an AWS key. What differs is how the Databricks token is obtained:</p>',
    definitions(
      "notes",
      kinds.map((kind) => [kindText(kind), html(SECRET_NOTES[kind].note)]),
    ),
  ].join("");
}

function identityRow(
  { id, who, kind, issuer, secret }: ReportIdentity,
  roles: readonly number[],
  view: ReportView,
): string {
  const links = roles.slice(0, LISTED_ROLES).map((index) => link(`#r${index}`, view.roles[index]?.name ?? ""));
  const more = roles.length > LISTED_ROLES ? ` and ${roles.length - LISTED_ROLES} more` : "";
  return element(
    "tr",
    { id: `i${id}`, "data-i": id },
    `<td class="who">${html(who)}</td><td>${kindText(kind)}</td><td>${html(issuer ?? "")}</td>`,
    `<td>${links.join(", ")}${more}</td>`,
    `<td><span class="secret ${secret}">${SECRET_NOTES[kind].short}</span></td>`,
  );
}

/** The first column shows a subject, except for Unity Catalog. */
function kindText(kind: ReportIdentity["kind"]): string {
  return kind === "Unity Catalog" ? "Unity Catalog, by external ID" : kind;
}
