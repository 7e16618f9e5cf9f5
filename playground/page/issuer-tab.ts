/** The tab that finds the issuer of a workspace, and writes the first role. */
import { version } from "../../package.json";
import { PARTITIONS } from "../../src/issuer/rules";
import { issuerOutputs } from "../model/issuer-outputs";
import { code, facts, problemList, section, warningList } from "./blocks";
import { element } from "./dom";
import { federationBlocks } from "./federation-blocks";
import type { TabView } from "./tab";
import { fieldPlaces } from "./field-places";
import { fragmentOf } from "../model/fragment";

export const issuerTab: TabView = {
  name: "issuer",
  title: "Find the issuer",
  about:
    "Paste the address of a Databricks workspace, as it is in the browser. The page shows which issuer AWS must " +
    "trust, and the provider, role and code for it.",
  fields: [
    {
      name: "workspace",
      label: "Workspace address (--url)",
      hint: "Any page of it. For the issuer of a whole account leave it empty, or paste that account's issuer.",
      kind: "line",
      initial: "https://mycompany.cloud.databricks.com/?o=1444828305810485",
    },
    {
      name: "workspace-id",
      label: "Workspace ID (--workspace-id)",
      hint: "Only where the address lacks it: the number after ?o= once you are logged in.",
      kind: "line",
      initial: "",
    },
    {
      name: "subject",
      label: "Who may assume the role",
      hint: "The application ID of a service principal, or a user's e-mail address.",
      kind: "line",
      initial: "6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b",
    },
    { name: "aws-account-id", label: "AWS account ID (--aws-account-id)", kind: "line", initial: "111122223333" },
    {
      name: "partition",
      label: "AWS partition (--partition)",
      kind: "choice",
      isExtra: true,
      choices: [["", "not stated: aws"], ...PARTITIONS.map((partition) => [partition, partition] as const)],
      initial: "",
    },
    {
      name: "unified-login",
      label: "Unified login of the workspace (--unified-login)",
      kind: "choice",
      isExtra: true,
      choices: [
        ["", "not stated"],
        ["yes", "yes"],
        ["no", "no"],
      ],
      initial: "",
    },
    {
      name: "account-id",
      label: "Databricks account ID (--account-id)",
      hint: "Only for the issuer of the account: without unified login, or for all its workspaces.",
      kind: "line",
      isExtra: true,
      initial: "",
    },
    {
      name: "custom-host",
      label: "The host is the company's own (--allow-custom-host)",
      kind: "check",
      isExtra: true,
      initial: "",
    },
  ],
  extras: "Partition, unified login, Databricks account, own host",
  fieldAt: (path) => (path === "url" || path === "host" ? "workspace" : path.startsWith("roles.") ? "subject" : path),
  result: async (value) => {
    const { choice, first } = issuerOutputs(
      {
        workspace: value("workspace"),
        workspaceId: value("workspace-id"),
        unifiedLogin: value("unified-login") === "" ? undefined : value("unified-login") === "yes",
        databricksAccountId: value("account-id"),
        awsAccountId: value("aws-account-id"),
        partition: value("partition"),
        subject: value("subject"),
        allowCustomHost: value("custom-host") !== "",
      },
      version,
    );
    return {
      status: `The ${choice.level} issuer: ${choice.issuer}`,
      kind: "plain",
      blocks: [
        ...(first.ok
          ? []
          : [section("Missing for the role and its code", problemList(first.problems, fieldPlaces(issuerTab)))]),
        section(
          "Issuer",
          facts([
            ["Issuer", choice.issuer],
            ["Audience", choice.audience],
            ["Provider ARN", choice.providerArn],
            ["Discovery URL", choice.discoveryUrl],
            ["Token endpoint", choice.tokenEndpoint],
            ["Condition key of the audience", choice.conditionKeys.aud],
            ["Condition key of the subject", choice.conditionKeys.sub],
            ["Cloud", choice.cloud],
          ]),
          element("p", { class: "muted" }, `Why: ${choice.why}`),
          ...warningList(choice.warnings),
        ),
        ...(first.ok
          ? [
              section("Federation file", code("federation.yaml", first.yaml), editLink(first.yaml)),
              ...federationBlocks(first.outputs, false),
            ]
          : []),
      ],
    };
  },
};

/** Opens the file in the tab that edits one. */
function editLink(yaml: string): HTMLElement {
  return element(
    "p",
    {},
    element("a", { href: `#${fragmentOf({ tab: "federation", fields: { file: yaml } }) ?? "federation"}` }, "Edit it"),
  );
}
