/** Who can get a token in the sandbox: the identities the trust policies name, and two strangers. */
import { randomBytes, randomUUID } from "node:crypto";
import { SERVICE_PRINCIPAL, USER } from "../../trust/rules";
import { keeps } from "../../text/text-rule";
import { exactSubjects, parseRole, subjectPatterns } from "../../trust/parsed/parse-role";
import { STRANGERS } from "../../trust/strangers";
import { instanceOf } from "../../trust/string-like";
import type { SimulatedIssuer, SimulatedDirectory } from "./directory";

/** Its secrets are made up for one run and open nothing but the sandbox. */
export interface Identity {
  readonly subject: string;
  /** The issuer's key. */
  readonly issuer: string;
  /** The application ID of a service principal; made up for others, which at Databricks have none. */
  readonly clientId: string;
  readonly clientSecret: string;
  /** What a notebook of this identity has as its own token: opaque, to be exchanged. Null at account level. */
  readonly personalAccessToken: string | null;
  /** Whether some role names it. */
  readonly declared: boolean;
}

/** Declared identities in the order of the roles, then a strange service principal and a strange user. */
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
      : [
          identity(
            first,
            stranger(subjects.get(first.issuer), (subject) => keeps(SERVICE_PRINCIPAL, subject)),
            false,
          ),
          identity(
            last,
            stranger(subjects.get(last.issuer), (subject) => keeps(USER, subject)),
            false,
          ),
        ]),
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

function stranger(known: ReadonlySet<string> = new Set(), wanted: (subject: string) => boolean): string {
  return STRANGERS.find((candidate) => wanted(candidate) && !known.has(candidate)) ?? `stranger-${randomUUID()}`;
}

function identity(issuer: SimulatedIssuer, subject: string, declared: boolean): Identity {
  return {
    subject,
    issuer: issuer.key,
    clientId: keeps(SERVICE_PRINCIPAL, subject) ? subject : randomUUID(),
    // in the form of Databricks' own, so that whatever hides those hides these
    clientSecret: `dose${randomBytes(16).toString("hex")}`,
    personalAccessToken: issuer.level === "account" ? null : `dapi${randomBytes(16).toString("hex")}`,
    declared,
  };
}

/** Looks identities up by what they present. */
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
