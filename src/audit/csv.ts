/** An audit as one table (RFC 4180, lines ending in a line feed), for a spreadsheet. Pure. */
import type { AuditedTrail } from "./read-audit";

const HEAD = [
  "kind",
  "role",
  "issuer",
  "audience",
  "subject",
  "count",
  "first",
  "last",
  "sources",
  "note",
  "names",
] as const;

/** A row for each use, refusal, unseen identity and service. */
export function auditCsv({ uses, refusals, unseen, services }: AuditedTrail): string {
  const rows: readonly (readonly (string | number)[])[] = [
    HEAD,
    ...uses.map((use) => [
      "use",
      use.role ?? use.roleArn,
      use.issuerKey ?? use.issuer,
      use.audience,
      use.subject,
      use.count,
      use.first,
      use.last,
      use.sourceIps.join(" "),
      use.undeclared === null ? "" : `not declared: ${use.undeclared}`,
      use.names.join(" "),
    ]),
    ...refusals.map((refusal) => [
      "refusal",
      refusal.role ?? refusal.roleArn,
      refusal.issuerKey ?? refusal.issuer,
      refusal.audience,
      refusal.subject,
      refusal.count,
      refusal.first,
      refusal.last,
      refusal.sourceIps.join(" "),
      `${refusal.error}: ${refusal.reason}`,
      refusal.names.join(" "),
    ]),
    ...unseen.identities.map(({ role, issuer, subject, names }) => [
      ...["unseen", role, issuer, "", subject, 0],
      ...["", "", "", "", names.join(" ")],
    ]),
    ...services.map(({ role, service, count, first, last }) => [
      "service",
      role,
      "",
      "",
      "",
      count,
      first,
      last,
      "",
      service,
      "",
    ]),
  ];
  return rows.map((row) => `${row.map((cell) => field(String(cell))).join(",")}\n`).join("");
}

/** A spreadsheet takes a text that begins with one of these for a formula. */
const FORMULA = /^[=+\-@\t\r]/;

function field(text: string): string {
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
