/** Who gets in by one trust policy and not by another, each with a request as the proof. */
import type { PolicyRequest } from "../trust/decide/decide";
import { compilePolicy, verdict } from "../trust/decide/decide";
import type { PolicyCondition, PolicyDocument, PolicyStatement } from "../trust/decide/document";
import { accountOfArn, parseProviderArn } from "../issuer/issuer";
import type { Caller } from "../trust/exact/callers";
import type { Fixed } from "../trust/exact/compare";
import { compare } from "../trust/exact/compare";
import { namedExactly } from "../trust/exact/named-exactly";
import type { Witness } from "../trust/exact/request";
import { aloneIn } from "../trust/exact/who";
import { hasWildcard, instanceOf, stringLike } from "../trust/string-like";
import { asWord } from "../text/words";

/** An identity that gets into a role, or for which that cannot be ruled out. */
export interface Identity {
  /** The issuer with `https://`; null for other principals. */
  readonly issuer: string | null;
  /** The subject, the pattern, the AWS principal, or why it cannot be decided. Of `anyone` an example. */
  readonly subject: string;
  readonly kind: "subject" | "pattern" | "anyone" | "AWS principal" | "other principal" | "undecided";
  /** What the token's audience must be; null for any, and for other principals. */
  readonly audience: string | null;
  /** Whether this identity is refused whatever the request by the other policy, or by some requests. */
  readonly how: "new" | "from elsewhere";
  /** Condition keys of the request, e.g. `aws:SourceIp 203.0.113.0`; null: it needs none. */
  readonly from: string | null;
  /** A request that the one policy allows and the other refuses; null where it cannot be decided. */
  readonly witness: Witness | null;
}

/** A caller that may get in because it could not be decided: it counts as wider. */
export function undecided(why: string): Identity {
  return {
    issuer: null,
    subject: `undetermined caller: ${why}`,
    kind: "undecided",
    audience: null,
    how: "new",
    from: null,
    witness: null,
  };
}

/** After so many entries, or so many steps of the engine, the others are summed up. */
const MOST = 25;
const MOST_STEPS = 400_000;

/** Everyone who gets in by `wide` and not by `narrow` (null: no one does), one entry for each identity or pattern. */
export function gainedBy(wide: PolicyDocument, narrow: PolicyDocument | null): readonly Identity[] {
  const named = narrow === null ? namedExactly(wide) : undefined;
  if (named !== undefined && named.length <= MOST)
    return named.map((one): Identity => ({ ...one, kind: "subject", how: "new", from: null }));
  const found: Identity[] = [];
  const listed: PolicyDocument[] = narrow === null ? [] : [narrow];
  for (let steps = 0; found.length < MOST && steps < MOST_STEPS;) {
    const comparison = compare(wide, listed);
    steps += comparison.steps;
    if (comparison.kind === "none") return found;
    if (comparison.kind === "cannot tell") return [...found, undecided(comparison.why)];
    const { identity, covers } = identityOf(comparison.witness, wide, narrow);
    const [last] = found.slice(-1);
    if (last?.subject === identity.subject && last.kind === identity.kind && last.audience === identity.audience) break;
    found.push(identity);
    listed.push(covers);
  }
  return compare(wide, listed).kind === "none" ? found : [...found, undecided("more identities than are listed here")];
}

/** Who the witness is an example of, and a policy that lets in everyone this describes. */
function identityOf(
  witness: Witness,
  wide: PolicyDocument,
  narrow: PolicyDocument | null,
): { readonly identity: Identity; readonly covers: PolicyDocument } {
  const by = wide.statements.find(
    (statement) =>
      statement.effect === "Allow" && verdict(compilePolicy(aloneIn(wide, statement)), witness.request) !== "no",
  );
  const { principal, action } = witness;
  const issuerPath = principal.kind === "Federated" ? (parseProviderArn(principal.arn)?.issuerPath ?? null) : null;
  const pattern = patternOf(witness, by, issuerPath);
  const shown = plainest(witness, wide, narrow, issuerPath, pattern);
  const from = Object.entries(shown.context).filter(([key]) => key.toLowerCase() !== "aws:principalarn");
  const context =
    from.length === 0 ? null : from.map(([key, values]) => `${key} ${values.map(asWord).join(", ")}`).join(", ");
  if (issuerPath === null || witness.claims["sub"] === undefined) {
    const name = by === undefined ? principal.arn : principalName(principal, by);
    return {
      identity: {
        issuer: null,
        subject: principal.kind === "AWS" ? name : `${principal.kind} ${name}`,
        kind: principal.kind === "AWS" ? "AWS principal" : "other principal",
        audience: null,
        how: isNew(narrow, (caller) => caller.arn === principal.arn && caller.action === action, new Map()),
        from: context,
        witness: shown,
      },
      covers: allowing(by?.principals ?? { [principal.kind]: [principal.arn] }, by?.notPrincipal ?? false, action, []),
    };
  }
  const [subject = ""] = witness.claims["sub"];
  const [audience = ""] = witness.claims["aud"] ?? [];
  const asked = (claim: string): readonly PolicyCondition[] =>
    (by?.conditions ?? []).filter(({ key }) => key.toLowerCase() === `${issuerPath}:${claim}`.toLowerCase());
  const listing = asked("sub").find(({ operator }) => /(?:^|:)String(?:Equals|Like)/.test(operator));
  const isListed = listing !== undefined;
  const equals = listing?.operator.includes("IgnoreCase") === true ? "StringEqualsIgnoreCase" : "StringEquals";
  const ownAudience = wide.statements.some(({ conditions }) =>
    conditions.some(
      ({ key, values }) => key.toLowerCase() === `${issuerPath}:aud`.toLowerCase() && values.includes(audience),
    ),
  )
    ? audience
    : null;
  const conditions: readonly PolicyCondition[] = [
    ...(pattern !== undefined ? [{ operator: "StringLike", key: `${issuerPath}:sub`, values: [pattern] }] : []),
    ...(pattern === undefined && isListed ? [{ operator: equals, key: `${issuerPath}:sub`, values: [subject] }] : []),
    ...(ownAudience === null ? [] : [{ operator: "StringEquals", key: `${issuerPath}:aud`, values: [ownAudience] }]),
  ];
  return {
    identity: {
      issuer: `https://${issuerPath}`,
      subject: pattern ?? subject,
      kind: pattern !== undefined ? "pattern" : isListed ? "subject" : "anyone",
      audience: ownAudience,
      how: isNew(
        narrow,
        (caller) => caller.arn === principal.arn && caller.action === action,
        new Map(
          [
            [`${issuerPath}:sub`, subject] as const,
            ...(ownAudience === null ? [] : [[`${issuerPath}:aud`, ownAudience] as const]),
          ].map(([key, value]) => [key.toLowerCase(), { kind: "values", values: [value] }]),
        ),
      ),
      from: context,
      witness: shown,
    },
    covers: allowing({ Federated: [principal.arn] }, false, action, conditions),
  };
}

function isNew(narrow: PolicyDocument | null, callers: (caller: Caller) => boolean, fixed: Fixed): Identity["how"] {
  return narrow === null || compare(narrow, [], { callers, fixed }).kind === "none" ? "new" : "from elsewhere";
}

/** The pattern of the statement that the witness' subject matches; undefined where it is let in otherwise. */
function patternOf(
  { claims }: Witness,
  by: PolicyStatement | undefined,
  issuerPath: string | null,
): string | undefined {
  const [subject = ""] = claims["sub"] ?? [];
  return (by?.conditions ?? [])
    .filter(
      ({ operator, key }) =>
        /(?:^|:)StringLike/.test(operator) && key.toLowerCase() === `${issuerPath ?? ""}:sub`.toLowerCase(),
    )
    .flatMap(({ values }) => values)
    .find((value) => hasWildcard(value) && !value.includes("${") && stringLike(value, subject));
}

/** The witness with a plain subject and without condition keys that it does not need, where it proves the same so. */
function plainest(
  witness: Witness,
  wide: PolicyDocument,
  narrow: PolicyDocument | null,
  issuerPath: string | null,
  pattern: string | undefined,
): Witness {
  const [allowed, refused] = [compilePolicy(wide), narrow === null ? null : compilePolicy(narrow)];
  const proves = (request: PolicyRequest): boolean =>
    verdict(allowed, request) === "yes" && (refused === null || verdict(refused, request) === "no");
  let shown = witness;
  if (pattern !== undefined) {
    const sub = [instanceOf(pattern)];
    const keys = new Map([...shown.request.keys, [`${issuerPath ?? ""}:sub`.toLowerCase(), sub]]);
    const request = { ...shown.request, keys };
    if (proves(request)) shown = { ...shown, claims: { ...shown.claims, sub }, request };
  }
  const own = issuerPath === null ? "aws:principalarn" : `${issuerPath}:`.toLowerCase();
  const keys = new Map([...shown.request.keys].filter(([key]) => key.startsWith(own)));
  const request = { ...shown.request, keys };
  return proves(request) ? { ...shown, context: {}, request } : shown;
}

/** The name in the statement's Principal by which an AWS principal or a service is let in. */
function principalName(
  { kind, arn }: PolicyRequest["principal"],
  { principals, notPrincipal }: PolicyStatement,
): string {
  if (notPrincipal)
    return `everyone but ${Object.values(principals ?? {})
      .flat()
      .join(", ")}`;
  const names = principals?.[kind] ?? [];
  const account = accountOfArn(arn) ?? "";
  return (
    names.find((name) => name === arn) ??
    names.find((name) => name === account || name.endsWith(`::${account}:root`)) ??
    names.find((name) => name === "*") ??
    names.find((name) => hasWildcard(name) && stringLike(name, arn)) ??
    arn
  );
}

function allowing(
  principals: Readonly<Record<string, readonly string[]>>,
  notPrincipal: boolean,
  action: string,
  conditions: readonly PolicyCondition[],
): PolicyDocument {
  // who gets a session is listed once, whatever else the session may carry
  const actions = action.startsWith("sts:AssumeRole") ? ["*"] : [action];
  const rest = { sid: null, hasResource: false, notAction: false };
  return {
    version: "2012-10-17",
    statements: [{ index: 0, effect: "Allow", principals, notPrincipal, actions, conditions, ...rest }],
  };
}
