/** `generate audit-queries`: an audit's questions in Spark SQL, as a Databricks notebook, for a trail of any size. */
import { inputError } from "../errors";
import { accountView, roleTrustPolicy } from "../federation/account-view";
import type { Federation } from "../federation/model";
import type { GeneratedTree } from "../files/compare-tree";
import { generatedFile } from "../files/generated-file";
import { type Renderer, rendererWith } from "../hcl/templates";
import { ACCOUNT_ID_PLACEHOLDER, roleArn } from "../trust/build";
import { canonicalText } from "../trust/canonical-json";
import type { TrustStatement } from "../trust/policy";
import { quoted } from "../text/text-rule";
import { declaredIdentities, isPattern } from "./audit";
import { TRAIL_ROW_FORM } from "./trail-rows";

export interface AuditQueryOptions {
  /** Where the trail is: a path that Spark reads, like `s3://acme-trail/AWSLogs`. */
  readonly trail: string;
  /** The table that the queries make: one to three names with dots between them. */
  readonly table: string;
  /** How long an identity may go unseen. */
  readonly days: number;
  /** The generator's. */
  readonly version: string;
}

const TABLE = /^[A-Za-z0-9_-]{1,128}(?:\.[A-Za-z0-9_-]{1,128}){0,2}$/;

type SqlValue = string | number | boolean | null;

/**
 * `audit.sql`. Throws InputError usage where the trail or the table cannot be one.
 *
 * @example
 * ```ts
 * auditQueries(federation, { trail: "s3://acme-trail/AWSLogs", table: "main.security.oidc_trail", days: 90, version: "1.0.0" });
 * ```
 */
export function auditQueries(federation: Federation, options: AuditQueryOptions): GeneratedTree {
  const { trail, table, days, version } = options;
  if (trail.trim() === "")
    throw inputError(
      "usage",
      "The trail is empty.",
      "Name a path that Spark reads, like s3://acme-trail/AWSLogs.",
      "TRAIL",
    );
  if (!TABLE.test(table))
    throw inputError(
      "usage",
      `--table ${quoted(table)} is not the name of a table.`,
      "Give up to three names of letters, digits, _ and -, like main.security.databricks_oidc_trail.",
      "table",
    );
  renderer ??= rendererWith(helpers, []);
  const body = renderer("audit-queries/audit.sql.hbs", {
    ...viewOf(federation),
    trail,
    table,
    days,
    form: TRAIL_ROW_FORM,
  });
  const files = new Map([["audit.sql", generatedFile("audit.sql", body, "audit-queries", version)]]);
  return { kind: "audit-queries", files, owned: [{ folder: "", deep: false }] };
}

let renderer: Renderer | undefined;

const helpers = {
  /** A literal. */
  sql: (value: SqlValue) => sqlLiteral(value),
  /** The name of a table. */
  name: (table: string) =>
    table
      .split(".")
      .map((part) => `\`${part}\``)
      .join("."),
};

/**
 * `value` as a literal of Spark SQL. All but plain characters are written by their code: Spark and notebooks replace
 * `${…}` and `{{…}}` wherever they stand, and a line of dashes would begin another cell.
 */
export function sqlLiteral(value: SqlValue): string {
  if (value === null) return "NULL";
  if (typeof value !== "string") return String(value);
  const text = canonicalText(value).replace(/[^A-Za-z0-9 _.,:;/@*+=?!%#()[\]|<>&~^-]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return code > 0xffff ? `\\U${code.toString(16).padStart(8, "0")}` : `\\u${code.toString(16).padStart(4, "0")}`;
  });
  return `'${text.replaceAll("--", "-\\u002d")}'`;
}

/** A subject as a pattern of SQL's LIKE with `!` as its escape; `isPattern`: `*` and `?` stand for other characters. */
function like(subject: string, isPattern: boolean): string {
  const escaped = subject.replace(/[!%_]/g, "!$&");
  return isPattern ? escaped.replaceAll("*", "%").replaceAll("?", "_") : escaped;
}

function viewOf(federation: Federation): object {
  const views = federation.accounts.map((account) => accountView(federation, account));
  return {
    accounts: views.map(({ accountId }) => ({ accountId: accountId === ACCOUNT_ID_PLACEHOLDER ? null : accountId })),
    issuers: Object.values(federation.issuers).map(({ key, issuerPath }) => ({ issuer: key, issuerPath })),
    roles: views.flatMap((view) =>
      view.roles.map((role) => ({
        role: role.key,
        arn: arnText(roleArn({ partition: view.account.partition, accountId: view.accountId }, role)),
        isWebIdentity: role.trusts.some(({ kind }) => kind === "subjects"),
      })),
    ),
    identities: federation.roles.flatMap((role) =>
      declaredIdentities(role).map((declared) => ({ ...declared, like: like(declared.subject, isPattern(declared)) })),
    ),
    statements: views.flatMap((view) =>
      view.roles.flatMap((role) => {
        const arn = roleArn({ partition: view.account.partition, accountId: view.accountId }, role);
        return roleTrustPolicy(role, view).Statement.flatMap((statement) =>
          statementRows(statement).map((row) => ({ roleArn: arnText(arn), ...row })),
        );
      }),
    ),
  };
}

/** In the queries `?` is the account that the federation does not name. */
function arnText(arn: string): string {
  return arn.replace(ACCOUNT_ID_PLACEHOLDER, "?");
}

interface StatementRow {
  readonly providerArn: string;
  /** Null: whatever it is. */
  readonly audience: string | null;
  /** In a Deny the subject itself, whose case does not count. */
  readonly like: string;
  readonly hasConditions: boolean;
  readonly allows: boolean;
}

/** What a statement of our own form says of web identities, a row for each provider, audience and subject. */
function statementRows({ Effect, Principal, Condition }: TrustStatement): readonly StatementRow[] {
  const tests = Object.entries(Condition).flatMap(([test, keys]) =>
    Object.entries(keys).map(([key, values]) => ({ test, key, values })),
  );
  const of = (claim: string) => tests.find(({ key }) => key.endsWith(`:${claim}`) && key.includes("/"));
  const [aud, sub] = [of("aud"), of("sub")];
  const guards = [aud, sub].filter((guard) => guard !== undefined).length;
  return (Principal["Federated"] ?? []).flatMap((provider) =>
    (aud?.values ?? [null]).flatMap((audience) =>
      (sub?.values ?? []).map((subject) => ({
        providerArn: arnText(provider),
        audience,
        like: Effect === "Allow" ? like(subject, sub?.test === "StringLike") : subject,
        hasConditions: tests.length > guards,
        allows: Effect === "Allow",
      })),
    ),
  );
}
