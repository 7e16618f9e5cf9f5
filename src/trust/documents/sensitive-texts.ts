/** What Terraform itself would not print of a plan or a state: external IDs in trust policies that are sensitive. */
import { parsedPolicy } from "../parsed/parse-role";
import { asRecord, type Members, records } from "../../text/members";

/** Shorter ones could be any part of what is printed. */
const SHORTEST = 6;

/** The external IDs in the trust policies that `document`, a plan or a state, marks as sensitive. */
export function sensitiveTexts(document: Members): readonly string[] {
  const changed = records(document["resource_changes"]).flatMap((resource) => {
    const change = asRecord(resource["change"]) ?? {};
    return ["before", "after"].map((side) => ({
      type: resource["type"],
      values: change[side],
      sensitive: change[`${side}_sensitive`],
    }));
  });
  const roots = [document["planned_values"], document["values"], asRecord(document["prior_state"])?.["values"]];
  const stored = roots.flatMap((values) => resourcesIn(asRecord(values)?.["root_module"]));
  return [
    ...new Set(
      [...changed, ...stored].flatMap(({ type, values, sensitive }) => {
        if (type !== "aws_iam_role" || asRecord(sensitive)?.["assume_role_policy"] !== true) return [];
        const policy = asRecord(values)?.["assume_role_policy"];
        return typeof policy === "string" ? externalIdsIn(parsedPolicy(policy)) : [];
      }),
    ),
  ].filter((text) => text.length >= SHORTEST);
}

function resourcesIn(
  module: unknown,
): readonly { readonly type: unknown; readonly values: unknown; readonly sensitive: unknown }[] {
  const { resources, child_modules: children } = asRecord(module) ?? {};
  return [
    ...records(resources).map(({ type, values, sensitive_values: sensitive }) => ({ type, values, sensitive })),
    ...records(children).flatMap(resourcesIn),
  ];
}

function externalIdsIn(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(externalIdsIn);
  return Object.entries(asRecord(value) ?? {}).flatMap(([key, member]) =>
    key.toLowerCase() === "sts:externalid" ? [member].flat().map(String) : externalIdsIn(member),
  );
}
