/** The tab that finds the issuer of a workspace, and writes the first role. */
import { version } from "../../package.json";
import { PARTITIONS } from "../../src/issuer/rules";
import { issuerOutputs } from "../model/issuer-outputs";
import { facts, section, warningList } from "./blocks";
import { element } from "./dom";
import { federationBlocks } from "./federation-blocks";
import type { TabView } from "./tab";

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
      hint: "With ?o= in it, so that the workspace ID is known. Leave it empty for the issuer of a whole account.",
      kind: "line",
      initial: "https://mycompany.cloud.databricks.com/?o=1444828305810485",
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
      choices: [["", "aws, unless stated"], ...PARTITIONS.map((partition) => [partition, partition] as const)],
      initial: "",
    },
    {
      name: "unified-login",
      label: "Unified login of the workspace (--unified-login)",
      kind: "choice",
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
      initial: "",
    },
    {
      name: "custom-host",
      label: "The host is the company's own (--allow-custom-host)",
      kind: "check",
      initial: "",
    },
  ],
  result: async (value) => {
    const { choice, federation } = issuerOutputs(
      {
        workspace: value("workspace"),
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
        ...(federation === null ? [] : federationBlocks(federation, false)),
      ],
    };
  },
};
