import { quoted } from "../../text/text-rule";
import { callExample, EXAMPLE_SUBJECT } from "../examples";
import type { PlanRule } from "../rule";
import { SOURCES } from "../sources";

const FROM_OFFICE = [{ test: "IpAddress", variable: "aws:SourceIp", values: ["203.0.113.0/24"] }];
const ROLE = { service_principals: [EXAMPLE_SUBJECT] };

export const inputAttributeUnknown: PlanRule = {
  id: "input-attribute-unknown",
  on: "plan",
  severity: "error",
  title: "Attribute that a module does not have",
  why:
    "Terraform drops it without a message and no module can see it, so `condition` instead of `conditions` leaves " +
    "the trust open to every network. Seen where the input is written as constants; a plan does not hold one that " +
    "refers to a variable, a local or a resource.",
  fix: "Correct the attribute's name, or remove it.",
  good: callExample({ roles: { "lake-reader": { ...ROLE, conditions: FROM_OFFICE } } }),
  bad: callExample(
    { roles: { "lake-reader": { ...ROLE, condition: FROM_OFFICE } } },
    {
      dropped: [{ path: 'module.databricks: roles["lake-reader"].condition', name: "condition", meant: "conditions" }],
    },
  ),
  source: SOURCES.typeConversion,
  check: ({ dropped }) =>
    dropped.map(({ path, name, meant }) => {
      const hint = meant === null ? "" : ` (did you mean ${meant}?)`;
      return { path, message: `Terraform drops the attribute ${quoted(name)}${hint}.` };
    }),
};
