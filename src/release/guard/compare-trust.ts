/** Trust policies that the same inputs give, before and after. One that may be wider counts as wider. */
import { call, hclAttributes, type HclValue } from "../../hcl/encode";
import { compareTargets } from "../../lint/compare";
import type { Identity } from "../../lint/gained";
import type { TrustProbe, TrustProbes } from "../../module/release-data";
import { canonicalJson } from "../../trust/canonical-json";
import { EMPTY_TARGET, type LintTarget, UNKNOWN_ROLE } from "../../trust/parsed/target";
import { type Change, type ChangeKind, changeOf, sides } from "./change";

/** Probe by probe of `before`: one that is gone, or has other inputs, can no longer be compared. */
export function compareTrust(before: TrustProbes, after: TrustProbes): readonly Change[] {
  const now = new Map(after.probes.map((probe) => [probe.name, probe]));
  return before.probes.flatMap((probe) => {
    const current = now.get(probe.name);
    if (current !== undefined && canonicalJson(current.inputs) === canonicalJson(probe.inputs))
      return comparePolicies(probe, current);
    const why = current === undefined ? "the case was removed" : "its inputs changed";
    const policies = Object.entries(probe.policies).map(([role, policy]) => `# ${role}\n${asHcl(policy)}`);
    return [
      changeOf(
        "trust-unknown",
        `trust ${probe.name}`,
        `The trust policy of the last release's case ${probe.name} cannot be compared: ${why}.`,
        { given: hclAttributes(Object.entries(probe.inputs)), before: policies.join("\n") },
      ),
    ];
  });
}

function comparePolicies(before: TrustProbe, after: TrustProbe): readonly Change[] {
  const [old, now] = [new Map(Object.entries(before.policies)), new Map(Object.entries(after.policies))];
  return [...new Set([...old.keys(), ...now.keys()])].sort().flatMap((role) => {
    const [was, is] = [old.get(role), now.get(role)];
    if (was === is) return [];
    const [kind, message] = comparePolicy(was, is, role);
    return [
      changeOf(kind, `trust ${before.name}`, `The same inputs (case ${before.name}, role ${role}) ${message}.`, {
        given: hclAttributes(Object.entries(before.inputs)),
        ...sides(was, is, asHcl),
      }),
    ];
  });
}

/** The end of a sentence that begins with "The same inputs". Decided for all requests, as `lint --before` does. */
function comparePolicy(
  before: string | undefined,
  after: string | undefined,
  role: string,
): readonly [ChangeKind, string] {
  if (after === undefined) return ["trust-narrower", "no longer give a trust policy"];
  try {
    const [change] = compareTargets(target(before, role), target(after, role));
    if (change === undefined)
      return ["trust-rewritten", "give a trust policy with different text that lets the same identities in"];
    const gained = change.gained.filter(({ kind }) => kind !== "undecided");
    if (gained.length > 0) return ["trust-wider", `let more identities in: ${gained.map(inWords).join("; ")}`];
    if (change.gained.length === 0) return ["trust-narrower", "let fewer identities in"];
  } catch {
    // not a policy: nothing can be shown
  }
  return ["trust-unknown", "give another trust policy, which cannot be shown to allow no other identity"];
}

function target(policy: string | undefined, role: string): LintTarget {
  const roles =
    policy === undefined ? [] : [{ ...UNKNOWN_ROLE, path: role, name: role, policy: JSON.parse(policy) as unknown }];
  return { ...EMPTY_TARGET, roles };
}

function inWords({ subject, issuer, kind, from }: Identity): string {
  const who = kind === "anyone" ? `any identity (for example ${subject})` : subject;
  return `${who}${issuer === null ? "" : ` of ${issuer}`}${from === null ? "" : ` from ${from}`}`;
}

/** The policy as the HCL that would write it. */
function asHcl(policy: string): string {
  try {
    return hclAttributes([["trust_policy", call("jsonencode", JSON.parse(policy) as HclValue)]]);
  } catch {
    return hclAttributes([["trust_policy", policy]]); // no JSON
  }
}
