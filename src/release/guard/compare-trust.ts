/** Trust policies that the same inputs give, before and after. What cannot be shown to be no wider counts as wider. */
import { call, hclAttributes } from "../../hcl/encode";
import type { HclValue } from "../../hcl/encode";
import type { Identity } from "../../lint/compare";
import { compareTargets } from "../../lint/compare";
import type { TrustProbe, TrustProbes } from "../../module/trust-probes";
import { canonicalJson } from "../../trust/canonical-json";
import type { LintTarget } from "../../trust/parsed/target";
import { TRUST_POLICY_DEFAULT_QUOTA } from "../../trust/rules";
import type { ReleaseChange } from "./change";
import { covers } from "./covers";

type Change = Omit<ReleaseChange, "module">;

/** Probe by probe of `before`: one that is gone, or has other inputs, can no longer be compared. */
export function compareTrust(before: TrustProbes, after: TrustProbes): readonly Change[] {
  const now = new Map(after.probes.map((probe) => [probe.name, probe]));
  return before.probes.flatMap((probe) => {
    const current = now.get(probe.name);
    if (current === undefined || canonicalJson(current.inputs) !== canonicalJson(probe.inputs)) {
      return [
        {
          kind: "trust-unknown",
          step: "major",
          path: `trust ${probe.name}`,
          says: `The trust policy of the last release's case ${probe.name} cannot be compared: ${current === undefined ? "the case is gone" : "its inputs are others now"}.`,
          given: hclAttributes(Object.entries(probe.inputs)),
          before: Object.entries(probe.policies)
            .map(([role, policy]) => `# ${role}\n${asHcl(policy)}`)
            .join("\n"),
        } as const,
      ];
    }
    return comparePolicies(probe, current);
  });
}

function comparePolicies(before: TrustProbe, after: TrustProbe): readonly Change[] {
  const roles = [...new Set([...Object.keys(before.policies), ...Object.keys(after.policies)])].sort();
  return roles.flatMap((role): readonly Change[] => {
    const old = Object.hasOwn(before.policies, role) ? before.policies[role] : undefined;
    const now = Object.hasOwn(after.policies, role) ? after.policies[role] : undefined;
    if (old === now) return [];
    const shared = {
      path: `trust ${before.name}`,
      given: hclAttributes(Object.entries(before.inputs)),
      ...(old === undefined ? {} : { before: asHcl(old) }),
      ...(now === undefined ? {} : { after: asHcl(now) }),
    };
    const subject = `The same inputs (case ${before.name}, role ${role})`;
    if (now === undefined)
      return [{ ...shared, kind: "trust-narrower", step: "major", says: `${subject} no longer give a trust policy.` }];
    if (old !== undefined && covers(old, now)) {
      return covers(now, old)
        ? [
            {
              ...shared,
              kind: "trust-rewritten",
              step: "minor",
              says: `${subject} give a trust policy of other bytes that lets the same identities in.`,
            },
          ]
        : [{ ...shared, kind: "trust-narrower", step: "major", says: `${subject} let fewer in.` }];
    }
    const gained = gainedBy(old, now, role);
    return gained.length > 0
      ? [
          {
            ...shared,
            kind: "trust-wider",
            step: "major",
            says: `${subject} let more in: ${gained.map(inWords).join("; ")}.`,
          },
        ]
      : [
          {
            ...shared,
            kind: "trust-unknown",
            step: "major",
            says: `${subject} give another trust policy, and it cannot be shown to let nobody else in.`,
          },
        ];
  });
}

/** Who gets in now and did not, by the decisions `lint --base` takes. */
function gainedBy(before: string | undefined, after: string, role: string): readonly Identity[] {
  try {
    return compareTargets(target(before, role), target(after, role)).flatMap(({ gained }) => gained);
  } catch {
    return []; // no policy at all: nobody can be named
  }
}

function target(policy: string | undefined, role: string): LintTarget {
  const roles =
    policy === undefined
      ? []
      : [
          {
            path: role,
            name: role,
            accountId: null,
            policy: JSON.parse(policy) as unknown,
            maxSessionDuration: null,
            bounded: null,
            managedPolicyArns: [],
            policies: {},
            quota: TRUST_POLICY_DEFAULT_QUOTA,
            meantPatterns: [],
            statementPaths: [],
            ignores: [],
          },
        ];
  return {
    providers: [],
    complete: false,
    givenProviderArns: [],
    givenIssuerPaths: [],
    deletedProviders: [],
    roles,
    ignores: [],
  };
}

function inWords({ subject, issuer, kind, from }: Identity): string {
  const who = kind === "stranger" ? `anybody (a stranger, ${subject})` : subject;
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
