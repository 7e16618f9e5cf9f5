/** Who can get a token in the sandbox: the identities that trust policies name, and two undeclared ones. */
import { randomBytes, randomUUID } from "node:crypto";
import { SERVICE_PRINCIPAL } from "../../trust/rules";
import { satisfies } from "../../text/text-rule";
import { exactSubjects, parseRole, subjectPatterns } from "../../trust/parsed/parse-role";
import { instanceOf, stringLike } from "../../trust/string-like";
import type { SimulatedIssuer, SimulatedDirectory } from "./directory";
import { serviceCredentialsOf } from "./service-credentials";

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
  /** Whether some role names it. Such identities have ACCESS on the service credentials of Unity Catalog. */
  readonly declared: boolean;
}

/** Declared identities in the order of the roles, then an undeclared service principal and an undeclared user. */
export function identitiesOf(directory: SimulatedDirectory): readonly Identity[] {
  const subjects = declaredSubjects(directory);
  const hasCredentials = serviceCredentialsOf(directory).length > 0;
  const [first] = directory.issuers;
  const last = directory.issuers[directory.issuers.length - 1];
  return [
    ...directory.issuers.flatMap((issuer) => {
      const named = [...(subjects.get(issuer.issuer) ?? [])];
      // a workspace whose roles are Unity Catalog's alone has someone with ACCESS too
      const isForCatalog = named.length === 0 && issuer.level === "workspace" && hasCredentials;
      return (isForCatalog ? [randomUUID()] : named).map((subject) => identity(issuer, subject, true));
    }),
    ...(first === undefined || last === undefined
      ? []
      : [undeclared(first, () => randomUUID(), directory), undeclared(last, userOf, directory)]),
  ];
}

/** Issuer URL -> the subjects that Allow statements name; for a pattern one that it lets in. */
function declaredSubjects(directory: SimulatedDirectory): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>(directory.issuers.map(({ issuer }) => [issuer, new Set<string>()]));
  for (const { issuer, exact, patterns } of trustedSubjects(directory))
    for (const subject of [...exact, ...patterns.map((pattern) => instanceOf(pattern))])
      found.get(issuer)?.add(subject);
  return found;
}

interface TrustedSubjects {
  /** The issuer's URL. */
  readonly issuer: string;
  readonly exact: readonly string[];
  readonly patterns: readonly string[];
}

/** What each Allow statement for web identities names, for each issuer that it trusts. */
function trustedSubjects({ accounts }: SimulatedDirectory): readonly TrustedSubjects[] {
  return accounts
    .flatMap(({ roles }) => roles.flatMap(({ source }) => parseRole(source).statements))
    .filter(({ letsWebIdentitiesIn }) => letsWebIdentitiesIn)
    .flatMap((statement) =>
      statement.providers.map(({ issuerPath }) => ({
        issuer: `https://${issuerPath}`,
        exact: exactSubjects(statement),
        patterns: subjectPatterns(statement),
      })),
    );
}

/** The first that `subjectAt` makes and that no statement lets in; where all are let in, the last tried. */
function undeclared(
  issuer: SimulatedIssuer,
  subjectAt: (attempt: number) => string,
  directory: SimulatedDirectory,
): Identity {
  const own = trustedSubjects(directory).filter((trusted) => trusted.issuer === issuer.issuer);
  const isLetIn = (subject: string): boolean =>
    own.some(
      ({ exact, patterns }) => exact.includes(subject) || patterns.some((pattern) => stringLike(pattern, subject)),
    );
  let subject = subjectAt(0);
  for (let attempt = 1; attempt < 3 && isLetIn(subject); attempt += 1) subject = subjectAt(attempt);
  return identity(issuer, subject, false);
}

function userOf(attempt: number): string {
  return attempt === 0 ? "mallory@example.net" : `mallory@${randomUUID()}.example`;
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
