/** The parts of the page beside graph and matrix: findings, roles, issuers, identities. */
import { html, htmlText } from "../text/escape";
import { SECRET_NOTES } from "./secrets";
import type { ReportFinding, ReportIdentity, ReportIssuer, ReportReach, ReportRole, ReportView } from "./view";

/** Every finding that stands, worst first, each with a link to its place. */
export function findingsSection(view: ReportView): string {
  const placed = [
    ...view.findings.map((finding) => ({ finding, href: null, name: null })),
    ...view.issuers.flatMap((issuer, index) =>
      issuer.findings.map((finding) => ({ finding, href: `#u${index}`, name: issuer.key })),
    ),
    ...view.roles.flatMap((role, index) =>
      role.findings.map((finding) => ({ finding, href: `#r${index}`, name: role.name })),
    ),
  ].filter(({ finding }) => finding.ignored === null);
  if (placed.length === 0)
    return '<p class="clean"><span aria-hidden="true">✓</span> lint finds nothing to complain about.</p>';
  const sorted = [
    ...placed.filter(({ finding }) => finding.severity === "error"),
    ...placed.filter(({ finding }) => finding.severity === "warning"),
  ];
  // The rest stands with its role; a list of hundreds helps nobody.
  const shown = sorted.slice(0, 50);
  const more =
    sorted.length > shown.length
      ? `<p class="muted">${sorted.length - shown.length} more stand with their roles.</p>`
      : "";
  return `<ul class="findings">${shown.map(({ finding, href, name }) => `<li>${badge(finding.severity)}<div><p>${href === null ? "" : `<a href="${href}">${html(name ?? "")}</a>: `}${html(finding.message)}</p><p class="muted">${html(finding.fix)} <code>${html(finding.rule)}</code></p></div></li>`).join("")}</ul>${more}`;
}

function badge(severity: ReportFinding["severity"]): string {
  return `<span class="badge ${severity}">${severity}</span>`;
}

function findingsOf(findings: readonly ReportFinding[]): string {
  if (findings.length === 0) return "";
  const rank = ({ ignored, severity }: ReportFinding): number => (ignored !== null ? 2 : severity === "error" ? 0 : 1);
  return `<ul class="findings">${[...findings]
    .sort((left, right) => rank(left) - rank(right))
    .map((finding) => {
      const line = finding.statement === null ? "" : `Statement ${finding.statement}: `;
      return finding.ignored === null
        ? `<li>${badge(finding.severity)}<div><p>${line}${html(finding.message)}</p><p ` +
            `class="muted">${html(finding.fix)} <code>${html(finding.rule)}</code></p></div></li>`
        : `<li><span class="badge let">let be</span><div><p>${line}${html(finding.message)}</p><p ` +
            `class="muted">“${html(finding.ignored)}” <code>${html(finding.rule)}</code></p></div></li>`;
    })
    .join("")}</ul>`;
}

/** A card a role: what it is, who reaches it through which line, its trust policy a click away. */
export function rolesSection(view: ReportView): string {
  const byRole = new Map<string, ReportReach[]>();
  for (const reach of view.reaches) byRole.set(reach.role, [...(byRole.get(reach.role) ?? []), reach]);
  return view.roles.map((role, index) => roleCard(role, index, byRole.get(role.key) ?? [], view)).join("");
}

function roleCard(role: ReportRole, index: number, reaches: readonly ReportReach[], view: ReportView): string {
  const accounts =
    role.accounts.length === 0 ? "" : `<div><dt>AWS accounts</dt><dd>${html(role.accounts.join(", "))}</dd></div>`;
  const boundary =
    role.permissionsBoundaryArn === null
      ? ""
      : `<div><dt>Boundary</dt><dd><code>${html(role.permissionsBoundaryArn)}</code></dd></div>`;
  const policies =
    role.policies.length === 0
      ? ""
      : `<div><dt>May do</dt><dd>${role.policies.map((policy) => `<code>${html(policy)}</code>`).join(" ")}</dd></div>`;
  const standing = role.findings.some(({ ignored }) => ignored === null);
  return [
    `<article class="card role" id="r${index}" data-r="${index}"${standing ? " data-f" : ""}>`,
    `<h3>${html(role.name)}</h3>`,
    role.description === null ? "" : `<p class="lede">${html(role.description)}</p>`,
    `<p class="arn"><code>${html(role.arn)}</code></p>`,
    findingsOf(role.findings),
    reachTable(role, index, reaches, view),
    `<dl class="facts"><div><dt>Session</dt><dd>${html(role.session)}</dd></div>${accounts}${boundary}${policies}</dl>`,
    `<details><summary>Trust policy</summary><pre tabindex="0" aria-label="Trust policy ` +
      `of ${html(role.name)}">${policyText(role, index)}</pre></details>`,
    "</article>",
  ].join("");
}

function reachTable(role: ReportRole, index: number, reaches: readonly ReportReach[], view: ReportView): string {
  const rows = reaches.map((reach) => {
    const identity = view.identities[reach.identity];
    const asked =
      reach.audiences.length === 0 ? "" : `<span class="asked">aud ${html(reach.audiences.join(", "))}</span>`;
    const conditions = reach.conditions.map((condition) => `<span class="asked">${html(condition)}</span>`).join("");
    return (
      `<tr data-i="${reach.identity}"><td><a ` +
      `href="#i${reach.identity}">${html(identity?.who ?? "")}</a></td><td>${identity === undefined ? "" : kindText(identity.kind)}</td><td>${html(identity?.issuer ?? "")}</td><td><a href="#r${index}s${reach.statement}">Statement ${reach.statement}</a> <span class="muted">${html(reach.trust)}</span></td><td>${asked}${conditions}</td></tr>`
    );
  });
  return (
    `<div class="scroll" role="group" tabindex="0" aria-label="Who reaches ${html(role.name)}"><table ` +
    `class="stacked"><thead><tr><th scope="col">Who</th><th scope="col">Kind</th><th scope="col">Issuer</th><th ` +
    `scope="col">Through</th><th scope="col">If</th></tr></thead><tbody>${rows.join("")}</tbody></table></div>`
  );
}

/** The policy, one block a statement, so that a line can be linked to. */
function policyText({ trustPolicy }: ReportRole, index: number): string {
  const statements = trustPolicy.Statement.map(
    (statement, at) =>
      `<span class="statement" id="r${index}s${at}">${htmlText(JSON.stringify(statement, null, 1))}</span>`,
  );
  return `{"Version": "${html(trustPolicy.Version)}", "Statement": [\n${statements.join(",\n")}\n]}`;
}

export function issuersSection(view: ReportView): string {
  return view.issuers.map((issuer, index) => issuerCard(issuer, index, view)).join("");
}

function issuerCard(issuer: ReportIssuer, index: number, view: ReportView): string {
  const identities = view.identities.filter((identity) => identity.issuer === issuer.key).length;
  return [
    `<article class="card issuer" id="u${index}" data-u="${index}">`,
    `<h3>${html(issuer.key)}</h3>`,
    `<p class="arn"><code>${html(issuer.issuer)}</code></p>`,
    findingsOf(issuer.findings),
    `<dl class="facts"><div><dt>Level</dt><dd>${issuer.level}</dd></div><div><dt>Databricks ` +
      `on</dt><dd>${html(issuer.cloud ?? "a custom host")}</dd></div>`,
    `<div><dt>Audiences</dt><dd>${issuer.audiences.map((audience) => `<code>${html(audience)}</code>`).join(" ")}</dd></div>`,
    `<div><dt>Provider</dt><dd>${issuer.adopted ? "adopted" : "created"}</dd></div><div><dt>Identities</dt><dd>${identities}</dd></div></dl>`,
    "</article>",
  ].join("");
}

/** A row an identity: what it reaches, and whether its way to a token rests on a stored secret. */
export function identitiesSection(view: ReportView): string {
  const roleIndex = new Map(view.roles.map(({ key }, index) => [key, index]));
  const reached = new Map<number, Set<number>>();
  for (const { identity, role } of view.reaches)
    reached.set(identity, (reached.get(identity) ?? new Set()).add(roleIndex.get(role) ?? 0));
  const rows = view.identities
    .map((identity) => identityRow(identity, [...(reached.get(identity.id) ?? [])], view))
    .join("");
  const kinds = [...new Set(view.identities.map(({ kind }) => kind))];
  const notes = kinds
    .map((kind) => `<div><dt>${kindText(kind)}</dt><dd>${html(SECRET_NOTES[kind].says)}</dd></div>`)
    .join("");
  return (
    `<div class="scroll" role="group" tabindex="0" aria-label="Identities"><table id="identity-table" ` +
    `class="stacked"><thead><tr><th scope="col">Who</th><th scope="col">Kind</th><th scope="col">Issuer</th><th ` +
    `scope="col">Reaches</th><th scope="col">Stored ` +
    `secret</th></tr></thead><tbody>${rows}</tbody></table></div><h3>Where a stored secret comes in</h3><p ` +
    `class="muted">No way stores an AWS key. What is left is how the Databricks token is come by:</p><dl ` +
    `class="notes">${notes}</dl>`
  );
}

function identityRow(
  { id, who, kind, issuer, secret }: ReportIdentity,
  roles: readonly number[],
  view: ReportView,
): string {
  const links = roles
    .slice(0, 12)
    .map((index) => `<a href="#r${index}">${html(view.roles[index]?.name ?? "")}</a>`)
    .join(", ");
  const more = roles.length > 12 ? ` and ${roles.length - 12} more` : "";
  return (
    `<tr id="i${id}" data-i="${id}"><td ` +
    `class="who">${html(who)}</td><td>${kindText(kind)}</td><td>${html(issuer ?? "")}</td><td>${links}${more}</td><td><span class="secret ${secret.replace(/ /g, "-")}">${SECRET_NOTES[kind].short}</span></td></tr>`
  );
}

/** What stands in the first column is a subject, but for Unity Catalog. */
function kindText(kind: ReportIdentity["kind"]): string {
  return kind === "Unity Catalog" ? "Unity Catalog, by external ID" : kind;
}
