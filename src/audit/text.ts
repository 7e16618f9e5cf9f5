/** An audit for a person: what the trail covers first, since without that nothing else can be read rightly. Pure. */
import { visible } from "../text/escape";
import { textTable } from "../text/table";
import { counted, listed, withNames } from "../text/words";
import type { AuditedCalls } from "./audit";
import type { AuditedTrail } from "./read-audit";

/** `found` as lines of text. */
export function auditText(found: AuditedTrail): string {
  return [
    ...coverageLines(found),
    ...section(
      "Who assumed which role",
      ["role", "identity", "issuer", "times", "first", "last", "from"],
      found.uses.map((use) => [...rowOf(use), sources(use)]),
    ),
    ...findingLines(found),
    ...refusalLines(found),
    ...unseenLines(found),
    ...section(
      "What the roles called",
      ["role", "service", "times", "last"],
      found.services.map(({ role, service, count, last }) => [role, service, String(count), last]),
    ),
  ]
    .map(visible)
    .join("\n");
}

/** What was read, which accounts and days it covers, and what is missing. */
export function coverageLines({ trail, coverage }: AuditedTrail): readonly string[] {
  const { files, records, repeated, broken, damaged } = trail;
  const notes = [
    ...(repeated > 0 ? [`${repeated} repeated`] : []),
    ...(broken > 0 ? [`${counted(broken, "broken record")} left out`] : []),
  ];
  return [
    `Read ${counted(records, "record")} in ${counted(files, "file")}${inBrackets(notes)}`,
    ...damaged.map(({ file, why }) => `  ${file}: ${why}`),
    ...coverage.accounts.map(
      ({ accountId, regions, first, last, days, readDays }) =>
        `  AWS account ${accountId}: ${first} to ${last}, ${counted(days, "day")} with records, ` +
        `${readDays} with read events; ${listed(regions, 5)}`,
    ),
    ...coverage.gaps.map((gap) => `  ! ${gap}`),
  ];
}

function inBrackets(notes: readonly string[]): string {
  return notes.length === 0 ? "" : ` (${notes.join(", ")})`;
}

function rowOf(calls: AuditedCalls): readonly string[] {
  const { role, roleArn, issuerKey, issuer, count, first, last } = calls;
  return [role ?? roleArn, whoOf(calls), issuerKey ?? issuer, String(count), first, last];
}

function whoOf({ subject, names }: Pick<AuditedCalls, "subject" | "names">): string {
  return withNames(subject, names);
}

function sources({ sourceIps }: AuditedCalls): string {
  return listed(sourceIps, 3);
}

function section(title: string, head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  return rows.length === 0 ? ["", `${title}: nothing seen`] : ["", `${title}:`, ...textTable(head, rows).split("\n")];
}

function findingLines({ uses }: AuditedTrail): readonly string[] {
  const lines = uses.flatMap((use) => [
    ...(use.undeclared === null
      ? []
      : [`  ✗ ${whoOf(use)} assumed ${use.role ?? use.roleArn} and is not declared: ${use.undeclared}`]),
    ...(use.byThumbprint === 0
      ? []
      : [
          `  ! ${whoOf(use)} in ${use.role ?? use.roleArn}: AWS compared the issuer's certificate with a thumbprint ` +
            `(${use.byThumbprint} of ${use.count})`,
        ]),
  ]);
  return lines.length === 0 ? [] : ["", "Not as declared:", ...lines];
}

function refusalLines({ refusals }: AuditedTrail): readonly string[] {
  if (refusals.length === 0) return ["", "Refused: nothing seen (AWS does not log every refused token)"];
  return [
    "",
    "Refused:",
    ...refusals.flatMap((refusal) => [
      `  ✗ ${whoOf(refusal) || "(no subject)"} for ${refusal.role ?? refusal.roleArn}: ${refusal.error}, ` +
        `${counted(refusal.count, "time")}, last ${refusal.last}`,
      `      ${refusal.reason}`,
      `      next: ${refusal.fix}`,
    ]),
  ];
}

function unseenLines({ unseen, coverage }: AuditedTrail): readonly string[] {
  if (unseen.identities.length === 0) return ["", `Declared and not seen since ${coverage.from}: none`];
  const proof = coverage.gaps.length === 0 ? "" : " (the trail has gaps, so they may be in use)";
  return [
    "",
    `Declared and not seen since ${coverage.from}${proof}:`,
    ...unseen.roles.map((role) => `  ${role}: no identity assumed it`),
    ...unseen.identities
      .filter(({ role }) => !unseen.roles.includes(role))
      .map(({ role, issuer, ...identity }) => `  ${role}: ${whoOf(identity)} of ${issuer}`),
  ];
}
