/** The tab that lists who gets in by a policy. */
import { counted } from "../../src/text/words";
import { whoOutputs } from "../model/who-outputs";
import { callerList, findingList, section } from "./blocks";
import { element } from "./dom";
import { SAMPLE_POLICY } from "./samples";
import type { TabView } from "./tab";

export const whoTab: TabView = {
  name: "who",
  title: "Who gets in?",
  about:
    "Paste a trust policy. The page lists every kind of caller that gets in: all requests are decided, none is " +
    "sampled. Below are the findings of lint.",
  fields: [
    {
      name: "document",
      label: "Trust policy",
      hint: "JSON: a trust policy, a role as AWS prints it, a Terraform plan, a CDKTF stack; or a federation file.",
      kind: "lines",
      rows: 16,
      initial: SAMPLE_POLICY,
    },
  ],
  result: async (value) => {
    const { report, roles, rolesLeftOut } = await whoOutputs(value("document"));
    const { errors, warnings, notes } = report;
    return {
      status:
        `${counted(roles.length + rolesLeftOut, "role")}; lint: ${counted(errors, "error")}, ` +
        `${counted(warnings, "warning")}, ${counted(notes, "note")}`,
      kind: errors > 0 ? "no" : "plain",
      blocks: [
        section(
          "Who gets in",
          ...roles.flatMap((role) => [
            element("h4", {}, role.role),
            "why" in role ? element("p", { class: "no" }, role.why) : callerList(role),
          ]),
          ...(rolesLeftOut === 0 ? [] : [element("p", { class: "muted" }, `${counted(rolesLeftOut, "more role")}.`)]),
          ...report.files.flatMap(({ unknownPolicies }) =>
            unknownPolicies.length === 0
              ? []
              : [element("p", { class: "muted" }, `Known only after apply: ${unknownPolicies.join(", ")}`)],
          ),
        ),
        section("Findings of lint", findingList(report.findings)),
      ],
    };
  },
};
