import { quoted } from "../../text/text-rule";
import { buildTrustPolicy } from "../../trust/build";
import { policyExample } from "../examples";
import type { LintExample } from "../rule";
import type { RoleRule } from "../rule";
import { SOURCES } from "../sources";

const WORDS = /^(?:your|my|the|change|replace|fill|insert|todo|tbd|placeholder|example|dummy|sample|none|null|test)/;

/** Whether `externalId` stands for one that is not known yet: one character repeated, or words that say so. */
function isPlaceholder(externalId: string): boolean {
  const characters = externalId.toLowerCase().replace(/[^a-z0-9]/g, "");
  return (
    new Set(characters).size <= 1 ||
    /^<.*>$|^\$?\{.*\}$/s.test(externalId) ||
    WORDS.test(characters) ||
    /^(?:databricks)?external-?id$/i.test(externalId)
  );
}

function trusting(externalId: string): LintExample {
  const { Statement } = buildTrustPolicy(
    [{ kind: "unityCatalog", externalIds: [externalId], cloud: "aws", conditions: [] }],
    { name: "lake-reader", path: "/" },
    { partition: "aws", accountId: "111122223333", issuers: {} },
  );
  return policyExample(...Statement.map((statement) => ({ ...statement })));
}

export const externalIdPlaceholder: RoleRule = {
  id: "external-id-placeholder",
  on: "role",
  severity: "warning",
  title: "External ID that is a placeholder",
  why:
    "Databricks' guide creates the role with 0000 and replaces it once the credential exists and shows its external " +
    "ID. A placeholder lets no credential in, and anyone can guess it.",
  fix: "Copy the external ID from the credential in Unity Catalog.",
  good: trusting("0b7e6f5a-1c2d-4e3f-9a8b-7c6d5e4f3a2b"),
  bad: trusting("0000"),
  source: SOURCES.unityCatalogPage,
  check: ({ statements }) =>
    statements
      .filter(({ effect }) => effect === "Allow")
      .flatMap(({ index, conditions }) =>
        conditions
          .filter(({ key, negated }) => key.toLowerCase() === "sts:externalid" && !negated)
          .flatMap(({ operator, values }) =>
            values.filter(isPlaceholder).map((value) => ({
              statement: index,
              at: `Condition.${operator}`,
              message: `The external ID ${quoted(value)} is a placeholder.`,
            })),
          ),
      ),
};
