import { quoted } from "../../text/text-rule";
import { AUDIENCE_GUARD, SUB } from "../examples";
import { guardRule } from "../guards";
import { SOURCES } from "../sources";

export const guardPolicyVariable = guardRule({
  id: "guard-policy-variable",
  title: "Policy variable in a guard",
  why: "IAM replaces it when the request is made, so the policy does not say who gets in.",
  fix: "Write the value itself.",
  source: SOURCES.operators,
  bad: { ...AUDIENCE_GUARD, StringLike: { [SUB]: "${aws:username}@example.com" } },
  broken: (condition) => condition.values.some((value) => value.includes("${")),
  message: ({ key, values }) =>
    `${quoted(values.find((value) => value.includes("${")) ?? "")} on ${quoted(key)} is replaced only when the ` +
    `request is made.`,
});
