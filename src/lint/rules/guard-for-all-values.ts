import { quoted } from "../../text/text-rule";
import { AUD, EXAMPLE_AUDIENCE, EXAMPLE_SUBJECT, SUB } from "../examples";
import { guardRule } from "../guards";
import { SOURCES } from "../sources";

export const guardForAllValues = guardRule({
  id: "guard-for-all-values",
  title: "ForAllValues on a guard",
  why: "ForAllValues is true when the key is absent, so a token without the claim gets in.",
  fix: "Use StringEquals.",
  source: SOURCES.sets,
  bad: { StringEquals: { [AUD]: EXAMPLE_AUDIENCE }, "ForAllValues:StringEquals": { [SUB]: EXAMPLE_SUBJECT } },
  broken: (condition) => condition.set === "all",
  message: ({ operator, key }) => `${operator} on ${quoted(key)} is true when the key is absent.`,
});
