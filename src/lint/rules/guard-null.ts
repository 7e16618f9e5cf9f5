import { quoted } from "../../text/text-rule";
import { AUD, EXAMPLE_AUDIENCE, EXAMPLE_SUBJECT, SUB } from "../examples";
import { guardRule } from "../guards";
import { SOURCES } from "../sources";

export const guardNull = guardRule({
  id: "guard-null",
  title: "Guard that requires the claim to be absent",
  why: 'Null "true" lets in tokens without the claim: the opposite of a guard.',
  fix: "Use StringEquals.",
  source: SOURCES.operators,
  bad: { StringEquals: { [AUD]: EXAMPLE_AUDIENCE, [SUB]: EXAMPLE_SUBJECT }, Null: { [SUB]: "true" } },
  broken: (condition) => condition.test === "Null" && condition.values.some((value) => value.toLowerCase() === "true"),
  message: ({ key }) => `Null requires that ${quoted(key)} is absent.`,
});
