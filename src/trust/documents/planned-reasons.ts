/** The written reasons for wide patterns, which a plan has in the inputs of our modules and not in its resources. */
import type { WideSubjectPattern } from "../trust";
import { asRecord, records } from "../../text/members";
import type { LintRole, ModuleCall } from "../parsed/target";
import { addressWithoutKeys } from "./module-calls";

/** `roles`, each with the `wide_subject_patterns` that the call of the module it is in gives for it. */
export function withPlannedReasons(roles: readonly LintRole[], calls: readonly ModuleCall[]): readonly LintRole[] {
  const given = calls.map((call) => ({ call, reasons: reasonsIn(call) })).filter(({ reasons }) => reasons.length > 0);
  if (given.length === 0) return roles;
  return roles.map((role) => {
    const address = addressWithoutKeys(role.path);
    const found = given.find(({ call }) => address.startsWith(`${call.path}.`));
    if (found === undefined) return role;
    const key = keyOf(role.path);
    const own = found.reasons.filter((reason) => reason.role === null || reason.role === key);
    return { ...role, widePatterns: own.map(({ pattern, reason }) => ({ pattern, reason })) };
  });
}

/** Null: of the one role that the module makes. */
type Reason = WideSubjectPattern & { readonly role: string | null };

function reasonsIn({ inputs }: ModuleCall): readonly Reason[] {
  const ofTrusts = (trusts: unknown, role: string | null): readonly Reason[] =>
    records(trusts).flatMap((trust) => ofTrust(trust, role));
  return [
    ...ofTrusts(inputs["trusts"], null),
    ...Object.entries(asRecord(inputs["roles"]) ?? {}).flatMap(([key, role]) => [
      ...ofTrust(asRecord(role), key),
      ...ofTrusts(asRecord(role)?.["trusts"], key),
    ]),
  ];
}

function ofTrust(trust: Readonly<Record<string, unknown>> | undefined, role: string | null): readonly Reason[] {
  return records(trust?.["wide_subject_patterns"]).flatMap(({ pattern, reason }) =>
    typeof pattern === "string" && typeof reason === "string" ? [{ role, pattern, reason }] : [],
  );
}

/** The key of the innermost module instance: `module.databricks.module.role["lake"].aws_iam_role.this` is `lake`. */
function keyOf(address: string): string | undefined {
  const quoted = /\[("(?:[^"\\]|\\.)*")\]\.aws_iam_role\./.exec(address)?.[1];
  return quoted === undefined ? undefined : String(JSON.parse(quoted));
}
