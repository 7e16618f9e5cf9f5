/** A lint report for a person: one line a finding, then who gains and loses a role, then the totals. */
import { visible } from "../../text/escape";
import { asWord, counted, listed, withNames } from "../../text/words";
import { shellLine } from "../explain-command";
import type { LintReport, PlacedChange, PlacedFinding, PlacedIdentity } from "../lint-documents";

/** The whole report as text; what others wrote is escaped. */
export function lintText(report: LintReport): string {
  const lines = [
    ...report.findings.map(findingLine),
    ...report.changes.flatMap((change, index) => [
      ...(index === 0 ? ["", "Who gets in, before and after:"] : []),
      ...changeLines(change),
    ]),
    ...report.files.flatMap(({ file, unknownPolicies }) =>
      unknownPolicies.length === 0
        ? []
        : [visible(`${file}: skipped, known only after apply: ${listed(unknownPolicies, 5)}.`)],
    ),
    ...report.ignored.map(({ file, path, rule, ignored }) =>
      visible(`${file}: suppressed: ${path} [${rule}]: ${ignored ?? ""}`),
    ),
    summary(report),
  ];
  return lines.join("\n").replace(/^\n/, "");
}

/** E.g. `federation.yaml:12:7`. */
export function placeOf({ file, line, column }: Pick<PlacedFinding, "file" | "line" | "column">): string {
  return [file, ...(line === null ? [] : [line]), ...(column === null ? [] : [column])].join(":");
}

function findingLine(finding: PlacedFinding): string {
  const { severity, path, message, fix, rule } = finding;
  return `${visible(placeOf(finding))}: ${severity}: ${visible(`${path}: ${message} ${fix} [${rule}]`)}`;
}

function changeLines({ role, change, gained, lost }: PlacedChange): readonly string[] {
  return [
    visible(`  ${role} (${change})${gained.length + lost.length === 0 ? ": no one gains or loses it" : ""}`),
    ...gained.flatMap((identity) => identityLines("+", identity)),
    ...lost.flatMap((identity) => identityLines("-", identity)),
  ];
}

function identityLines(sign: string, identity: PlacedIdentity): readonly string[] {
  return [
    visible(`    ${sign} ${identityText(identity)}`),
    ...(identity.explain === null ? [] : [visible(`        ${shellLine(identity.explain)}`)]),
  ];
}

/** E.g. `alice@example.com of https://…/oidc, audience 1444828305810485, from anywhere`. */
export function identityText({
  issuer,
  subject,
  names,
  kind,
  audience,
  how,
  from,
  witness,
}: Omit<PlacedIdentity, "explain">): string {
  const who =
    kind === "anyone"
      ? `anyone, for example ${subject},`
      : kind === "pattern"
        ? `identities that match ${JSON.stringify(subject)}, for example ${witness?.claims["sub"]?.[0] ?? ""},`
        : withNames(kind === "subject" ? asWord(subject) : subject, names);
  const of = issuer === null ? "" : ` of ${issuer}`;
  const token = audience === null ? (issuer === null ? "" : ", any audience") : `, audience ${asWord(audience)}`;
  const where = from === null ? (how === "new" ? "" : ", from anywhere") : `, with ${from}`;
  return `${who}${of}${token}${where}`;
}

/** E.g. `1 error, 0 warnings (3 roles checked)`. */
export function totals({ files, findings, errors, warnings, notes, ignored }: LintReport): string {
  const roles = files.reduce((sum, file) => sum + file.roles, 0);
  const skipped = files.reduce((sum, file) => sum + file.leftAside, 0);
  const checked = [
    `${counted(roles, "role")} checked`,
    ...(skipped === 0 ? [] : [`${skipped} without a Databricks trust skipped`]),
    ...(ignored.length === 0 ? [] : [`${counted(ignored.length, "finding")} suppressed`]),
  ].join(", ");
  const result =
    findings.length === 0
      ? "No findings"
      : [[errors, "error"] as const, [warnings, "warning"] as const, ...(notes === 0 ? [] : [[notes, "note"] as const])]
          .map(([count, word]) => counted(count, word))
          .join(", ");
  return `${result} (${checked})`;
}

function summary(report: LintReport): string {
  const { findings, changes } = report;
  const gained = changes.reduce((sum, change) => sum + change.gained.length, 0);
  const lost = changes.reduce((sum, change) => sum + change.lost.length, 0);
  const compared = changes.length === 0 ? "" : `; ${gained} gained, ${lost} lost`;
  return `${findings.length + changes.length > 0 ? "\n" : ""}${totals(report)}${compared}`;
}
