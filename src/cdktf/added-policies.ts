/** Policies that a role is given after it was declared: checked by the rules for those it was declared with. */
import type { Construct } from "constructs";
import type { Problem } from "../errors";
import { canonicalInput } from "../federation/canonical-input";
import type { PolicyRole } from "../federation/check-policies";
import { checkPolicies } from "../federation/check-policies";
import type { FederationRole, Settings } from "../federation/model";
import type { PathPart } from "../federation/path";
import { formatPath } from "../federation/path";
import { roleSchema } from "../federation/schema";
import { shape } from "../federation/shape";
import { quoted } from "../text/text-rule";
import { canonicalJson } from "../trust/canonical-json";
import type { InlinePolicy } from "./inline-policies";
import { checkInlinePolicies } from "./inline-policies";
import { mapValues } from "./terraform-text";
import { childId, reservedTextProblems, setTokensAside } from "./tokens";

export interface AddedPolicies {
  readonly managedPolicyArns?: Readonly<Record<string, string>>;
  readonly inlinePolicies?: Readonly<Record<string, InlinePolicy>>;
}

/** The policies of a role, with stand-ins for tokens: what rules see. */
export type SeenPolicies = Pick<FederationRole, "managedPolicyArns" | "inlinePolicies">;

export interface AddedReading {
  /** All policies of the role, the added ones included; undefined where there are problems. */
  readonly seen: SeenPolicies | undefined;
  /** JSON of the added inline policies by name, with tokens. */
  readonly texts: Readonly<Record<string, string>>;
  readonly problems: readonly Problem[];
}

const policiesSchema = roleSchema.pick({ managedPolicyArns: true, inlinePolicies: true });

/** Checks added policies together with those that `role` has. Code beside those of a role: name-collision. */
export function checkAddedPolicies(
  role: PolicyRole & Pick<FederationRole, "key">,
  { managedPolicyArns = {}, inlinePolicies = {} }: AddedPolicies,
  settings: Settings,
): AddedReading {
  const at = ["roles", role.key];
  const count = Object.keys(role.managedPolicyArns).length;
  const slot = {
    path: ["managedPolicyArns", "*"],
    standIn: (index: number) => standInPolicy(settings, count + index),
  };
  // JavaScript may leave an ARN out; a member without a value would be dropped
  const arns = Object.fromEntries(Object.entries<unknown>(managedPolicyArns).map(([key, arn]) => [key, arn ?? null]));
  const aside = setTokensAside({ managedPolicyArns: arns }, at, [slot]);
  const policies = checkInlinePolicies(inlinePolicies, [...at, "inlinePolicies"]);
  const canonical = canonicalInput({ ...(aside.clean as object), inlinePolicies: policies.documents }, false);
  const { value = {}, problems: found } = shape(policiesSchema, canonical.value, at, () => undefined);
  const problems = [
    ...aside.problems,
    ...policies.problems,
    ...canonical.problems,
    ...reservedTextProblems(canonical.value, at),
    ...found,
    ...(["managedPolicyArns", "inlinePolicies"] as const).flatMap((field) =>
      Object.keys(value[field] ?? {})
        .filter((key) => Object.hasOwn(role[field], key))
        .map((key) => addedTwice("policy", key, [...at, field, key])),
    ),
  ];
  if (problems.length > 0) return { seen: undefined, texts: {}, problems };
  const seen = {
    managedPolicyArns: { ...role.managedPolicyArns, ...value.managedPolicyArns },
    inlinePolicies: { ...role.inlinePolicies, ...value.inlinePolicies },
  };
  const ruled = checkPolicies({ ...role, ...seen }, settings, formatPath(at));
  if (ruled.length > 0) return { seen: undefined, texts: {}, problems: ruled };
  const texts = { ...mapValues(value.inlinePolicies ?? {}, canonicalJson), ...Object.fromEntries(policies.tokens) };
  return { seen, texts, problems: [] };
}

/** A key that was given before. */
export function addedTwice(what: "policy" | "role", key: string, path: readonly PathPart[]): Problem {
  return {
    code: "name-collision",
    message: `The ${what} ${quoted(key)} was added twice.`,
    path: formatPath(path),
    fix: "Give one of them another key.",
  };
}

/** A policy of the role's own account, each another. */
export function standInPolicy({ accounts }: Settings, count: number): string {
  const [account] = accounts;
  return `arn:${account?.partition ?? "aws"}:iam::${account?.accountId ?? "000000000000"}:policy/token-${count}`;
}

/** The ID of a policy's resource in `role`; one that is refused takes the ID of no other. */
export function policyId(
  role: Construct,
  kind: "managed-policy" | "inline-policy",
  key: string,
  isAccepted: boolean,
): string {
  return childId(isAccepted ? kind : `refused-${role.node.children.length}`, key);
}
