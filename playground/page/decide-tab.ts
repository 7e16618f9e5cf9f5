/** The tab that decides whether AWS would let claims in. */
import type { ExplainedCondition, ExplainedStatement, Explanation } from "../../src/explain/explain";
import { decideOutputs } from "../model/decide-outputs";
import { facts, section } from "./blocks";
import { type Child, element } from "./dom";
import { sampleClaims, SAMPLE_POLICY } from "./samples";
import type { TabView } from "./tab";

export const decideTab: TabView = {
  name: "decide",
  title: "Would it get in?",
  about:
    "Paste a role's trust policy and the claims of a token. The page answers as AWS STS would, and shows which line " +
    "refuses the token and what comes closest. A whole token may be pasted: only its claims are kept.",
  fields: [
    {
      name: "policy",
      label: "Trust policy",
      hint: "JSON, also as aws iam get-role prints it.",
      kind: "lines",
      rows: 14,
      initial: SAMPLE_POLICY,
    },
    {
      name: "claims",
      label: "Claims of the token, or a token",
      hint: "The signature counts as valid. It is removed from a pasted token before anything is shown.",
      kind: "lines",
      rows: 8,
      initial: sampleClaims(Math.floor(Date.now() / 1000)),
    },
    {
      name: "provider-url",
      label: "URL of the IAM provider (--provider-url)",
      hint: "Empty: the one that the policy trusts.",
      kind: "line",
      isExtra: true,
      initial: "",
    },
    {
      name: "client-id",
      label: "Audiences that the provider registers (--client-id)",
      hint: "Empty: those that the policy asks for.",
      kind: "line",
      isExtra: true,
      initial: "",
    },
    {
      name: "context",
      label: "Further condition keys (--context)",
      hint: "One a line, like aws:SourceIp=203.0.113.7.",
      kind: "lines",
      isExtra: true,
      rows: 2,
      initial: "",
    },
  ],
  extras: "What the IAM provider registers, and further condition keys",
  fieldAt: (path) => (path === "url" ? "provider-url" : path),
  result: async (value) => {
    const { explanation, registered } = await decideOutputs(
      {
        policy: value("policy"),
        claims: value("claims"),
        providerUrl: value("provider-url"),
        clientIds: value("client-id"),
        context: value("context"),
      },
      Math.floor(Date.now() / 1000),
    );
    return {
      status: explanation.allowed ? "✓ AWS would let this token in" : "✗ AWS would refuse this token",
      kind: explanation.allowed ? "yes" : "no",
      blocks: [
        answerBlock(explanation),
        section(
          "Checked against",
          facts([
            ["Provider URL", registered.providerUrl],
            ["Registered audiences", registered.clientIds.join(", ")],
            ["Issuer of the token", explanation.issuer],
            ["Audience of the token", explanation.audience],
            ["Subject of the token", explanation.subject],
          ]),
        ),
        section(
          "The trust policy, line by line",
          ...explanation.statements.map((one) => statementBlock(one, explanation)),
        ),
      ],
    };
  },
};

function answerBlock({ allowed, error, reasons, fix, basis, unrecorded, findings }: Explanation): HTMLElement {
  const lines: Child[] = [];
  if (allowed) lines.push(element("p", {}, "Every test of the policy holds."));
  if (error !== null)
    lines.push(element("p", {}, "AWS would return ", element("code", {}, error.code), `: ${error.message}`));
  if (reasons.length > 0)
    lines.push(
      element("p", {}, "The nearest miss first:"),
      element(
        "ol",
        { class: "list" },
        ...reasons.map((reason) =>
          element(
            "li",
            { class: "error" },
            reason.statement === null ? "" : `statement ${reason.statement}: `,
            reason.what,
            " ",
            element("span", { class: "fix" }, reason.fix),
          ),
        ),
      ),
    );
  else if (fix !== null) lines.push(element("p", {}, fix));
  for (const finding of findings) lines.push(element("p", { class: "muted" }, `Not decided: ${finding}`));
  if (basis === "expected")
    lines.push(element("p", { class: "muted" }, `Expected, not recorded from AWS: ${unrecorded.join("; ")}.`));
  else lines.push(element("p", { class: "muted" }, "AWS was recorded to answer so."));
  return section("Why", ...lines);
}

function statementBlock(statement: ExplainedStatement, { decidedBy }: Explanation): HTMLElement {
  const { index, effect, matched, principal, action, conditions } = statement;
  const decided = index === decidedBy ? ", which decided" : "";
  return element(
    "div",
    { class: "statement" },
    element("h4", {}, mark(matched), ` Statement ${index} (${effect})${decided}`),
    element(
      "ul",
      { class: "lines" },
      line("Principal", principal.matched, [principal.expected.join(", ")]),
      line("Action", action.matched, [action.expected.join(", ")]),
      ...conditions.map(conditionLine),
    ),
  );
}

function conditionLine({ operator, key, expected, actual, matched }: ExplainedCondition): HTMLElement {
  const quoted = (values: readonly string[]): string => values.map((value) => JSON.stringify(value)).join(", ");
  return line(`${operator} ${key}`, matched, [
    `expected ${quoted(expected)}`,
    `actual ${actual === null ? "not in the request" : quoted(actual)}`,
  ]);
}

function line(name: string, matched: boolean, details: readonly string[]): HTMLElement {
  return element(
    "li",
    { class: matched ? "holds" : "fails" },
    mark(matched),
    ` ${name}`,
    ...details.map((detail) => element("div", { class: "detail" }, detail)),
  );
}

function mark(yes: boolean): HTMLElement {
  return element(
    "span",
    { class: yes ? "yes" : "no", role: "img", "aria-label": yes ? "holds:" : "fails:" },
    yes ? "✓" : "✗",
  );
}
