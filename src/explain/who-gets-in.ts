/** Everyone who can assume a role, as a short and complete list of kinds of callers. Pure. */
import { parseProviderArn } from "../issuer/issuer";
import { satisfies } from "../text/text-rule";
import { visible } from "../text/escape";
import type { PolicyCondition, PolicyDocument } from "../trust/decide/document";
import type { Witness } from "../trust/exact/request";
import { type AskedValues, type KindOfCaller, who } from "../trust/exact/who";
import { SERVICE_PRINCIPAL } from "../trust/rules";

export interface RoleCallers {
  /** Where the role is found, e.g. `roles.lake-reader`. */
  readonly role: string;
  /** Every kind of caller that gets in, or may; nobody else does. */
  readonly kinds: readonly ShownKind[];
  /** Why a kind may admit fewer than it says; null where everything was decided. */
  readonly unsure: string | null;
}

/** A kind of caller, plain data. */
export interface ShownKind extends Omit<KindOfCaller, "witness"> {
  /** In words, e.g. `service principal 6a9f… of https://…/oidc, audience 1444…, from 203.0.113.0/24`. */
  readonly says: string;
  /** A request of this kind; null where it could not be decided whether there is any. */
  readonly witness: Omit<Witness, "request"> | null;
}

/** Who can assume the role at `role` with the trust policy `policy`. */
export function whoGetsIn(role: string, policy: PolicyDocument): RoleCallers {
  const { kinds, unsure } = who(policy);
  return {
    role,
    unsure,
    kinds: kinds.map(({ witness, ...kind }) => {
      const says = inWords(kind);
      if (witness === null) return { ...kind, says: `${says} (not certain)`, witness: null };
      const { request: _, ...shown } = witness;
      return { ...kind, says, witness: shown };
    }),
  };
}

/** The callers of every role as lines of text. */
export function callersText(roles: readonly RoleCallers[]): string {
  return roles
    .flatMap(({ role, kinds, unsure }) => [
      `${role}:`,
      ...kinds.map(({ says }) => `  ${says}`),
      `  ${othersText({ kinds, unsure })}`,
    ])
    .map(visible)
    .join("\n");
}

/** What is said of all others, after the kinds: `nobody else`. */
export function othersText({ kinds, unsure }: { kinds: readonly unknown[]; unsure: string | null }): string {
  const uncertain = unsure === null ? "" : `, and not all of these for certain: ${unsure}`;
  return `nobody${kinds.length === 0 ? "" : " else"}${uncertain}`;
}

function inWords(kind: Omit<KindOfCaller, "witness">): string {
  const { audiences, externalIds, networks, conditions, except } = kind;
  return [
    callers(kind),
    ...(audiences === null ? [] : [`audience ${valuesText(audiences)}`]),
    ...(externalIds === null ? [] : [`external ID ${valuesText(externalIds)}`]),
    ...(networks === null ? [] : [`from ${networks.join(" or ")}`]),
    ...conditions.map((condition) => `where ${conditionText(condition)}`),
    ...except.map(({ index }) => `unless statement ${index} denies it`),
  ].join(", ");
}

function callers({ principals, notPrincipal, subjects }: Omit<KindOfCaller, "witness">): string {
  if (notPrincipal) return `everyone except ${principals.map(({ name }) => name).join(", ")}`;
  return principals
    .map(({ kind, name }) => {
      const issuerPath = kind === "Federated" ? parseProviderArn(name)?.issuerPath : undefined;
      if (issuerPath === undefined) return principalText(kind, name);
      return `${subjects === null ? "anyone" : subjectsText(subjects)} of https://${issuerPath}`;
    })
    .join(" or ");
}

function principalText(kind: string, name: string): string {
  if (kind === "Service") return `AWS service ${name}`;
  if (kind === "Federated") return `identities of ${name}`;
  if (name === "*") return "any AWS principal";
  const account = /^(?:arn:[^:]*:iam::)?([0-9]{12})(?::root)?$/.exec(name)?.[1];
  return account === undefined ? name : `principals of AWS account ${account} whose own policies allow it`;
}

function subjectsText({ exact, patterns, others }: AskedValues): string {
  const named = exact.map((subject) =>
    satisfies(SERVICE_PRINCIPAL, subject)
      ? `service principal ${subject}`
      : subject.includes("@")
        ? `user ${subject}`
        : `sub ${JSON.stringify(subject)}`,
  );
  const matching = patterns.map((pattern) => `anyone with a sub like ${JSON.stringify(pattern)}`);
  const listed = [...named, ...matching].join(" or ");
  const further = others.map(conditionText).join(" and ");
  return [...(listed === "" ? ["anyone"] : [listed]), ...(further === "" ? [] : [`where ${further}`])].join(" ");
}

function valuesText({ exact, patterns, others }: AskedValues): string {
  const listed = [...exact, ...patterns.map((pattern) => `like ${JSON.stringify(pattern)}`)].join(" or ");
  return [...(listed === "" ? [] : [listed]), ...others.map((other) => `where ${conditionText(other)}`)].join(" ");
}

function conditionText({ operator, key, values }: PolicyCondition): string {
  return `${operator} ${key} ${values.map((value) => JSON.stringify(value)).join(", ")}`;
}
