/** Findings and issuers of the page. */
import { html } from "../text/escape";
import { code, definitions, element, link } from "../text/markup";
import type { ReportFinding, ReportIssuer, ReportView } from "./view";

/** More findings than these are read with their roles. */
const LISTED_FINDINGS = 50;

interface PlacedFinding {
  readonly finding: ReportFinding;
  /** Markup before the message: a link to the issuer or role; empty for a finding of the whole. */
  readonly place: string;
}

/** Every finding that is not ignored. */
export function placedFindings(view: ReportView): readonly PlacedFinding[] {
  return [
    ...view.findings.map((finding) => ({ finding, place: "" })),
    ...view.issuers.flatMap(({ key, findings }, index) =>
      findings.map((finding) => ({ finding, place: `${link(`#u${index}`, key)}: ` })),
    ),
    ...view.roles.flatMap(({ name, findings }, index) =>
      findings.map((finding) => ({ finding, place: `${link(`#r${index}`, name)}: ` })),
    ),
  ].filter(({ finding }) => finding.ignored === null);
}

/** Every finding that is not ignored, errors first, each with a link to its place. */
export function findingsSection(view: ReportView): string {
  const placed = placedFindings(view);
  if (placed.length === 0) return '<p class="clean"><span aria-hidden="true">✓</span> No findings by lint.</p>';
  const shown = [...placed]
    .sort((left, right) => rank(left.finding) - rank(right.finding))
    .slice(0, LISTED_FINDINGS)
    .map(({ finding, place }) => findingItem(finding, place));
  const left = placed.length - shown.length;
  return (
    element("ul", { class: "findings" }, ...shown) +
    (left > 0 ? `<p class="muted">${left} more are shown with their roles.</p>` : "")
  );
}

/** The findings of one place, errors first. */
export function findingsOf(findings: readonly ReportFinding[]): string {
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
