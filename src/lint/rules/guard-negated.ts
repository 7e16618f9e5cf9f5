import { quoted } from "../../text/text-rule";
import { AUD, EXAMPLE_AUDIENCE, EXAMPLE_SUBJECT, SUB } from "../examples";
import { guardRule } from "../guards";
import { SOURCES } from "../sources";

export const guardNegated = guardRule({
  id: "guard-negated",
  title: "Guard that lists who is kept out",
  why: "Everyone else gets in, future identities included; a negation is also true when the key is absent.",
  fix: "List who gets in, with StringEquals.",
  source: SOURCES.operators,
  bad: { StringEquals: { [AUD]: EXAMPLE_AUDIENCE }, StringNotEquals: { [SUB]: EXAMPLE_SUBJECT } },
  broken: (condition) => condition.negated,
  message: ({ operator, key }) => `${operator} on ${quoted(key)} lets in everyone it does not list.`,
});
