/** Whom to try on two policies: everybody either side names, people a pattern lets in, and strangers. */
import type { PolicyRequest } from "../trust/decide/decide";
import type { ParsedStatement } from "../trust/parsed/parsed-role";
import { STRANGERS } from "../trust/strangers";
import { caseTurned, instancesOf } from "./compare-values";

/** Who is tried, as a report names them. */
export interface Tried {
  /** The issuer with `https://`; null for an AWS principal. */
  readonly issuer: string | null;
  /** The subject, the pattern, or the AWS principal. */
  readonly subject: string;
  readonly kind: "subject" | "pattern" | "stranger" | "AWS principal" | "other principal" | "untried";
  /** What the token's audience must be; null for any, and for an AWS principal. */
  readonly audience: string | null;
}

/** Which of the two policies is asked. */
export type Side = "before" | "after";

/** Somebody to try. A pattern is tried by several people, a subject without case by its spellings. */
export interface Probe extends Tried {
  readonly issuerPath: string | null;
  readonly people: readonly string[];
  /** Patterns it falls under both of: told only where neither is. */
  readonly within: readonly string[];
  readonly request: (person: string, side: Side) => PolicyRequest;
}

/** The statements of either side, and what the providers of an issuer register on both. */
export interface Compared {
  readonly before: readonly ParsedStatement[];
  readonly after: readonly ParsedStatement[];
  /** Null where a side does not say, and any audience may be registered. */
  readonly clientIds: (issuerPath: string) => readonly string[] | null;
}

/** An audience no policy names. */
const OTHER_AUDIENCE = "another-audience";

export function probesOf(compared: Compared): readonly Probe[] {
  const statements = [...compared.before, ...compared.after];
  const paths = new Set(statements.flatMap(({ providers }) => providers.map(({ issuerPath }) => issuerPath)));
  return [...[...paths].flatMap((issuerPath) => webIdentities(issuerPath, compared)), ...awsPrincipals(statements)];
}

function webIdentities(issuerPath: string, { before, after, clientIds }: Compared): readonly Probe[] {
  const of = (statements: readonly ParsedStatement[]): readonly ParsedStatement[] =>
    statements.filter(
      ({ providers }) => providers.length === 0 || providers.some((provider) => provider.issuerPath === issuerPath),
    );
  const own = [...of(before), ...of(after)];
  const [aud, sub] = [`${issuerPath}:aud`.toLowerCase(), `${issuerPath}:sub`.toLowerCase()];
  const subjects = [...subjectsOf(own), ...STRANGERS_TRIED];
  return audiencesOf(own, clientIds(issuerPath)).flatMap((audience) =>
    arnsOf(issuerPath, before, after).flatMap((arns) => {
      const asked = [audience ?? OTHER_AUDIENCE];
      return subjects.map((named): Probe => ({
        ...named,
        issuer: `https://${issuerPath}`,
        issuerPath,
        audience,
        request: (person, side) => ({
          action: "sts:AssumeRoleWithWebIdentity",
          principal: { kind: "Federated", arn: arns[side] },
          keys: new Map([
            [aud, asked],
            [sub, [person]],
          ]),
        }),
      }));
    }),
  );
}

/** Audiences either side asks for or registers; null stands for one that neither names, where any may be registered. */
export function audiencesOf(
  statements: readonly ParsedStatement[],
  registered: readonly string[] | null,
): readonly (string | null)[] {
  const asked = new Set(registered ?? []);
  for (const { aud } of statements) {
    for (const { test, values } of aud) {
      for (const value of values) {
        for (const one of /[*?]/.test(value) ? [value, ...instancesOf(value)] : [value]) asked.add(one);
        if (test.includes("IgnoreCase")) for (const spelling of caseTurned(value)) asked.add(spelling);
      }
    }
  }
  return registered === null ? [...asked, null] : [...asked];
}

/**
 * The ARNs by which the two sides name an issuer's provider. Where one leaves the account to AWS, it is the other's;
 * where
 * both write it out, each is another provider.
 */
function arnsOf(
  issuerPath: string,
  before: readonly ParsedStatement[],
  after: readonly ParsedStatement[],
): readonly Readonly<Record<Side, string>>[] {
  const named = (statements: readonly ParsedStatement[]) =>
    statements.flatMap(({ providers }) => providers.filter((provider) => provider.issuerPath === issuerPath));
  const [old, now] = [named(before), named(after)];
  const arns = [...new Set([...old, ...now].map(({ arn }) => arn))];
  const open = [...old, ...now].some(({ accountId }) => accountId === null);
  const [first = ""] = arns;
  return open
    ? [{ before: old[0]?.arn ?? first, after: now[0]?.arn ?? first }]
    : arns.map((arn) => ({ before: arn, after: arn }));
}

type Named = Pick<Probe, "subject" | "kind" | "people" | "within">;

/** A mailbox, a service principal, and one with nothing in common with any name a policy may keep out. */
const STRANGERS_TRIED: readonly Named[] = [STRANGERS[0] ?? "", STRANGERS[STRANGERS.length - 1] ?? "", "~"].map(
  (subject) => ({ subject, kind: "stranger", people: [subject], within: [] }),
);

/** A policy variable with the text that stands in where the request has no such key. */
const FALLBACK = /\$\{[^}']*'([^']*)'\s*\}/g;

function subjectsOf(statements: readonly ParsedStatement[]): readonly Named[] {
  const values = new Set<string>();
  let withoutCase = false;
  for (const condition of statements.flatMap(({ sub }) => sub)) {
    if (condition.test === "Null") continue;
    for (const value of condition.values) values.add(value).add(value.replace(FALLBACK, "$1"));
    withoutCase ||= condition.test.includes("IgnoreCase");
  }
  const exact = [...values].filter((value) => !/[*?]/.test(value));
  const patterns = [...values].filter((value) => /[*?]/.test(value));
  const crossed =
    patterns.length > MOST_CROSSED
      ? []
      : patterns
          .flatMap((one) =>
            patterns.flatMap((other) =>
              one === other ? [] : [{ subject: crossing(one, other), within: [one, other] }],
            ),
          )
          .filter(({ subject }) => !values.has(subject));
  return [
    ...exact.map((subject): Named => ({ subject, kind: "subject", people: [subject], within: [] })),
    ...(withoutCase
      ? exact.map((subject): Named => ({
          subject,
          kind: "subject",
          people: caseTurned(subject).filter((other) => !values.has(other)),
          within: [],
        }))
      : []),
    ...[...patterns.map((subject) => ({ subject, within: [] })), ...crossed].map((named): Named => ({
      ...named,
      kind: "pattern",
      people: instancesOf(named.subject),
    })),
  ];
}

const MOST_CROSSED = 24;

/**
 * Whom `one` lets in by how it begins and `other` by how it ends: `contractor-*` and `*@example.com` are both true of
 * those.
 */
function crossing(one: string, other: string): string {
  const head = one.endsWith("*") ? one.slice(0, -1) : one.slice(0, Math.max(0, one.search(/[*?]/)));
  const tail = other.startsWith("*") ? other.slice(1) : (/[^*?]*$/.exec(other)?.[0] ?? "");
  return `${head}*${tail}`;
}

function awsPrincipals(statements: readonly ParsedStatement[]): readonly Probe[] {
  const arns = new Set(
    statements.flatMap(({ trusted }) =>
      trusted.flatMap(({ kind, value }) =>
        kind === "AWS" ? [/^\d{12}$/.test(value) ? `arn:aws:iam::${value}:root` : value] : [],
      ),
    ),
  );
  return [...arns].map((arn) => ({
    issuer: null,
    issuerPath: null,
    subject: arn,
    kind: "AWS principal",
    audience: null,
    people: [arn],
    within: [],
    request: () => ({ action: "sts:AssumeRole", principal: { kind: "AWS", arn }, keys: new Map() }),
  }));
}

/**
 * Doors that no request here can try: services, SAML and other federations, wildcards, `NotPrincipal`. Each with the
 * conditions and actions it stands under, by which two are told apart.
 */
export function otherDoors(statements: readonly ParsedStatement[]): ReadonlyMap<string, string> {
  const doors = new Map<string, string>();
  for (const { effect, trusted, providers, notPrincipal, principals, actions, notAction, conditions } of statements) {
    if (effect !== "Allow") continue;
    const others = trusted
      .filter(
        ({ kind, value }) => kind !== "AWS" && !providers.some(({ arn }) => kind === "Federated" && arn === value),
      )
      .map(({ kind, value }) => `${kind} ${value}`);
    const excepted = notPrincipal
      ? [
          `everybody but ${Object.values(principals ?? {})
            .flat()
            .join(", ")}`,
        ]
      : [];
    for (const who of [...others, ...excepted]) {
      doors.set(
        JSON.stringify([
          who,
          actions.map((action) => action.toLowerCase()).sort(),
          notAction,
          conditions.map(({ operator, key, values }) => [operator, key.toLowerCase(), [...values].sort()]),
        ]),
        who,
      );
    }
  }
  return doors;
}
