import { quoted } from "../../text/text-rule";
import { AUD, EXAMPLE_AUDIENCE, SUB } from "../examples";
import { guardRule } from "../guards";
import { SOURCES } from "../sources";

export const guardNotText = guardRule({
  id: "guard-not-text",
  title: "Guard that is not compared as a string",
  why:
    "Subjects and audiences are strings. Compared as numbers, dates, ARNs or bytes they match no one, or a " +
    "different identity than the line suggests.",
  fix: "Use StringEquals.",
  source: SOURCES.operators,
  bad: { StringEquals: { [AUD]: EXAMPLE_AUDIENCE }, NumericGreaterThan: { [SUB]: "0" } },
  broken: (condition) => condition.known && condition.test !== "Null" && !condition.test.startsWith("String"),
  message: ({ operator, key }) => `${operator} does not compare ${quoted(key)} as a string.`,
});
