/** Everyone who can assume a role, as a short and complete list of kinds of callers. Pure. */
import { parseProviderArn } from "../issuer/issuer";
import { satisfies } from "../text/text-rule";
import { visible } from "../text/escape";
import { asWord, withNames } from "../text/words";
import type { PolicyCondition, PolicyDocument } from "../trust/decide/document";
import type { CompareOptions } from "../trust/exact/compare";
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
  /** What the federation calls those of its subjects that have a name. */
  readonly names: Readonly<Record<string, readonly string[]>>;
  /** A request of this kind; null where it could not be decided whether there is any. */
  readonly witness: Omit<Witness, "request"> | null;
}

/** A subject or an external ID in the words of a kind. */
export interface NamedCaller {
  /** As the words write it, e.g. in quotes. */
  readonly text: string;
  readonly value: string;
  /** ARN of the provider whose `sub` it is; null for an external ID. */
  readonly provider: string | null;
}

/** What a federation calls a subject. */
type NamesOf = (subject: string) => readonly string[];

type Words = readonly (string | NamedCaller)[];

/** `says` in pieces: each subject and external ID by itself, so that it can be a link. */
export function callerWords(
  kind: Omit<KindOfCaller, "witness"> & { readonly witness: ShownKind["witness"] },
  namesOf: NamesOf,
): Words {
  const words = wordsOf(kind, namesOf);
  return kind.witness === null ? [...words, " (not certain)"] : words;
}

/** Who can assume the role at `role` with the trust policy `policy`. `steps`: how much work that may be. */
export function whoGetsIn(
  role: string,
  policy: PolicyDocument,
  { namesOf = () => [], ...options }: Pick<CompareOptions, "steps"> & { readonly namesOf?: NamesOf | undefined } = {},
): RoleCallers {
  const { kinds, unsure } = who(policy, options);
  return {
    role,
    unsure,
    kinds: kinds.map((kind) => ({
      ...kind,
      says: textOf(callerWords(kind, namesOf)),
      names: Object.fromEntries(
        (kind.subjects?.exact ?? []).flatMap((subject) => {
          const names = namesOf(subject);
          return names.length === 0 ? [] : [[subject, names] as const];
        }),
      ),
      witness: kind.witness === null ? null : withoutRequest(kind.witness),
    })),
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

function withoutRequest({ request: _, ...shown }: Witness): Omit<Witness, "request"> {
  return shown;
}

function textOf(words: Words): string {
  return words.map((word) => (typeof word === "string" ? word : word.text)).join("");
}

/** `lists` one after another, `separator` between. */
function joined(lists: readonly Words[], separator: string): Words {
  return lists.flatMap((words, index) => (index === 0 ? words : [separator, ...words]));
}

function wordsOf(kind: Omit<KindOfCaller, "witness">, namesOf: NamesOf): Words {
  const { audiences, externalIds, networks, conditions, except } = kind;
  return joined(
    [
      callers(kind, namesOf),
      ...(audiences === null ? [] : [["audience ", ...valuesWords(audiences)]]),
      ...(externalIds === null
        ? []
        : [["external ID ", ...valuesWords(externalIds, (text, value) => ({ text, value, provider: null }))]]),
      ...(networks === null ? [] : [[`from ${networks.join(" or ")}`]]),
      ...conditions.map((condition) => [`where ${conditionText(condition)}`]),
      ...except.map(({ index }) => [`unless statement ${index} denies it`]),
    ],
    ", ",
  );
}

function callers({ principals, notPrincipal, subjects }: Omit<KindOfCaller, "witness">, namesOf: NamesOf): Words {
  if (notPrincipal) return [`everyone except ${principals.map(({ name }) => name).join(", ")}`];
  return joined(
    principals.map(({ kind, name }) => {
      const issuerPath = kind === "Federated" ? parseProviderArn(name)?.issuerPath : undefined;
      if (issuerPath === undefined) return [principalText(kind, name)];
      return [
        ...(subjects === null ? ["anyone"] : subjectsWords(subjects, name, namesOf)),
        ` of https://${issuerPath}`,
      ];
    }),
    " or ",
  );
}

function principalText(kind: string, name: string): string {
  if (kind === "Service") return `AWS service ${name}`;
  if (kind === "Federated") return `identities of ${name}`;
  if (name === "*") return "any AWS principal";
  const account = /^(?:arn:[^:]*:iam::)?([0-9]{12})(?::root)?$/.exec(name)?.[1];
  return account === undefined ? name : `principals of AWS account ${account} whose own policies allow it`;
}

function subjectsWords({ exact, patterns, others }: AskedValues, provider: string, namesOf: NamesOf): Words {
  const named = exact.map((value): Words => {
    const isPlain = satisfies(SERVICE_PRINCIPAL, value) || value.includes("@");
    const kind = satisfies(SERVICE_PRINCIPAL, value) ? "service principal" : value.includes("@") ? "user" : "sub";
    const text = withNames(isPlain ? asWord(value) : JSON.stringify(value), namesOf(value));
    return [`${kind} `, { text, value, provider }];
  });
  const matching = patterns.map((value): Words => [
    "anyone with a sub like ",
    { text: JSON.stringify(value), value, provider },
  ]);
  const listed = joined([...named, ...matching], " or ");
  const further = others.map(conditionText).join(" and ");
  return [...(listed.length === 0 ? ["anyone"] : listed), ...(further === "" ? [] : [` where ${further}`])];
}

function valuesWords(
  { exact, patterns, others }: AskedValues,
  word: (text: string, value: string) => string | NamedCaller = (text) => text,
): Words {
  const listed = joined(
    [
      ...exact.map((value) => [word(asWord(value), value)]),
      ...patterns.map((pattern) => ["like ", word(JSON.stringify(pattern), pattern)]),
    ],
    " or ",
  );
  return joined(
    [...(listed.length === 0 ? [] : [listed]), ...others.map((other) => [`where ${conditionText(other)}`])],
    " ",
  );
}

function conditionText({ operator, key, values }: PolicyCondition): string {
  return `${operator} ${key} ${values.map((value) => JSON.stringify(value)).join(", ")}`;
}
