/** A lint report for a person: one line a finding, then who gains and loses a role, then the sum. */
import { visible } from "../../text/escape";
import type { Identity } from "../compare";
import type { LintReport, PlacedChange, PlacedFinding } from "../lint-documents";

/** The whole report as text. `color`: terminal colours. */
export function lintText(report: LintReport, color = false): string {
  const { findings, changes } = report;
  const lines = [
    ...report.changes.flatMap((change, index) => [
      ...(index === 0 ? ["", "Who gets in, before and after:"] : []),
      ...changeLines(change),
    ]),
    ...report.files.flatMap(({ file, unknownPolicies }) =>
      unknownPolicies.length === 0 ? [] : [`${file}: known only after apply, not judged: ${some(unknownPolicies)}.`],
    ),
    ...report.ignored.map(({ file, path, rule, ignored }) => `${file}: let be: ${path} [${rule}]: ${ignored ?? ""}`),
    ...(findings.length + changes.length > 0 ? [""] : []),
    summary(report),
  ];
  return [...findings.map((finding) => findingLine(finding, color)), ...lines.map(visible)]
    .join("\n")
    .replace(/^\n/, "");
}

function findingLine(
  { file, line, column, severity, path, message, fix, rule }: PlacedFinding,
  color: boolean,
): string {
  const place = [file, ...(line === null ? [] : [line]), ...(column === null ? [] : [column])].join(":");
  const word = color ? `\u001b[${severity === "error" ? 31 : 33}m${severity}\u001b[0m` : severity;
  return `${visible(place)}: ${word}: ${visible(`${path}: ${message} ${fix} [${rule}]`)}`;
}

function changeLines({ role, change, gained, lost }: PlacedChange): readonly string[] {
  return [
    `  ${role} (${change})${gained.length + lost.length === 0 ? ": nobody gains or loses it" : ""}`,
    ...gained.map((identity) => `    + ${identityText(identity)}`),
    ...lost.map((identity) => `    - ${identityText(identity)}`),
  ];
}

/** E.g. `alice@example.com of https://…/oidc, audience 1444828305810485, from anywhere`. */
export function identityText({ issuer, subject, kind, audience, how, from }: Identity): string {
  const who =
    kind === "stranger"
      ? `anybody, ${subject} say,`
      : kind === "pattern"
        ? `everybody like ${JSON.stringify(subject)}`
        : subject;
  const of = issuer === null ? "" : ` of ${issuer}`;
  const asked = audience === null ? (issuer === null ? "" : ", any audience") : `, audience ${audience}`;
  const where = from === null ? (how === "new" ? "" : ", from anywhere") : `, with ${from}`;
  return `${who}${of}${asked}${where}`;
}

function summary({ files, findings, errors, warnings, ignored, changes }: LintReport): string {
  const roles = files.reduce((sum, file) => sum + file.roles, 0);
  const aside = files.reduce((sum, file) => sum + file.leftAside, 0);
  const judged = `${counted(roles, "role")} judged${aside === 0 ? "" : `, ${aside} without a Databricks trust ` + `left aside`}`;
  const verdict =
    findings.length === 0 ? "nothing found" : `${counted(errors, "error")}, ${counted(warnings, "warning")}`;
  const gained = changes.reduce((sum, change) => sum + change.gained.length, 0);
  const lost = changes.reduce((sum, change) => sum + change.lost.length, 0);
  const compared = changes.length === 0 ? "" : `; ${gained} gained, ${lost} lost`;
  return `${verdict} (${judged}${ignored.length === 0 ? "" : `, ${counted(ignored.length, "finding")} let be by a reason`})${compared}`;
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}

function some(names: readonly string[]): string {
  return names.length > 5 ? `${names.slice(0, 5).join(", ")} and ${names.length - 5} more` : names.join(", ");
}
