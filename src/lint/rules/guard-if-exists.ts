import { quoted } from "../../text/text-rule";
import { AUD, EXAMPLE_AUDIENCE, EXAMPLE_SUBJECT, SUB } from "../examples";
import { guardRule } from "../guards";
import { SOURCES } from "../sources";

export const guardIfExists = guardRule({
  id: "guard-if-exists",
  title: "IfExists on a guard",
  why: "IfExists is true when the key is absent, so a token without the claim gets in.",
  fix: "Use the operator without IfExists.",
  source: SOURCES.operators,
  bad: { StringEquals: { [AUD]: EXAMPLE_AUDIENCE }, StringEqualsIfExists: { [SUB]: EXAMPLE_SUBJECT } },
  broken: (condition) => condition.ifExists,
  message: ({ operator, key }) => `${operator} on ${quoted(key)} is true when the key is absent.`,
});
