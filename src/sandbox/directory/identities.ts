/** Who can get a token in the sandbox: the identities that trust policies name, and two undeclared ones. */
import { randomBytes, randomUUID } from "node:crypto";
import { SERVICE_PRINCIPAL, USER } from "../../trust/rules";
import { satisfies, type TextRule } from "../../text/text-rule";
import { exactSubjects, parseRole, subjectPatterns } from "../../trust/parsed/parse-role";
import { instanceOf } from "../../trust/string-like";
import type { SimulatedIssuer, SimulatedDirectory } from "./directory";

/** Its secrets are generated for one run and are valid in the sandbox only. */
export interface Identity {
  readonly subject: string;
  /** The issuer's key. */
  readonly issuer: string;
  /** The application ID of a service principal; generated for others, which at Databricks have none. */
  readonly clientId: string;
  readonly clientSecret: string;
  /** What a notebook of this identity has as its own token: opaque, to be exchanged. Null at account level. */
  readonly personalAccessToken: string | null;
  /** Whether some role names it. */
  readonly declared: boolean;
}

/** Declared identities in the order of the roles, then an undeclared service principal and an undeclared user. */
export function identitiesOf(directory: SimulatedDirectory): readonly Identity[] {
  const subjects = declaredSubjects(directory);
  const [first] = directory.issuers;
  const last = directory.issuers[directory.issuers.length - 1];
  return [
    ...directory.issuers.flatMap((issuer) =>
      [...(subjects.get(issuer.issuer) ?? [])].map((subject) => identity(issuer, subject, true)),
    ),
    ...(first === undefined || last === undefined
      ? []
      : [undeclared(first, SERVICE_PRINCIPAL, subjects), undeclared(last, USER, subjects)]),
  ];
}

/** Issuer URL -> the subjects that Allow statements name; for a pattern one that it lets in. */
function declaredSubjects(directory: SimulatedDirectory): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>(directory.issuers.map(({ issuer }) => [issuer, new Set<string>()]));
  for (const { source } of directory.accounts.flatMap(({ roles }) => roles)) {
    for (const statement of parseRole(source).statements) {
      if (!statement.letsWebIdentitiesIn) continue;
      const named = [...exactSubjects(statement), ...subjectPatterns(statement).map((pattern) => instanceOf(pattern))];
      for (const { issuerPath } of statement.providers)
        for (const subject of named) found.get(`https://${issuerPath}`)?.add(subject);
    }
  }
  return found;
}

function undeclared(
  issuer: SimulatedIssuer,
  rule: TextRule,
  declared: ReadonlyMap<string, ReadonlySet<string>>,
): Identity {
  const known = declared.get(issuer.issuer);
  const subject = rule === SERVICE_PRINCIPAL ? randomUUID() : "mallory@example.net";
  return identity(issuer, known?.has(subject) === true ? `outsider-${randomUUID()}@example.net` : subject, false);
}

function identity(issuer: SimulatedIssuer, subject: string, declared: boolean): Identity {
  return {
    subject,
    issuer: issuer.key,
    clientId: satisfies(SERVICE_PRINCIPAL, subject) ? subject : randomUUID(),
    // in the form of Databricks' own, so that a tool that redacts those redacts these
    clientSecret: `dose${randomBytes(16).toString("hex")}`,
    personalAccessToken: issuer.level === "account" ? null : `dapi${randomBytes(16).toString("hex")}`,
    declared,
  };
}

/** Finds identities by the credentials they present. */
export interface IdentityBook {
  readonly all: readonly Identity[];
  readonly byClient: (issuer: string | null, clientId: string) => readonly Identity[];
  readonly byPersonalAccessToken: (token: string) => Identity | undefined;
  readonly bySubject: (issuer: string, subject: string) => Identity | undefined;
}

export function identityBook(all: readonly Identity[]): IdentityBook {
  const clients = new Map<string, Identity[]>();
  const tokens = new Map<string, Identity>();
  const subjects = new Map<string, Identity>();
  for (const one of all) {
    clients.set(one.clientId, [...(clients.get(one.clientId) ?? []), one]);
    if (one.personalAccessToken !== null) tokens.set(one.personalAccessToken, one);
    subjects.set(`${one.issuer} ${one.subject}`, one);
  }
  return {
    all,
    byClient: (issuer, clientId) =>
      (clients.get(clientId) ?? []).filter((one) => issuer === null || one.issuer === issuer),
    byPersonalAccessToken: (token) => tokens.get(token),
    bySubject: (issuer, subject) => subjects.get(`${issuer} ${subject}`),
  };
}
