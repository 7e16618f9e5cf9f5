/** adopted.md: what was taken over, what the first plan shows, and what waits for a decision. Pure. */
import { formatPath } from "../federation/path";
import { yamlDocument } from "../federation/yaml-document";
import { issuerPathOf } from "../issuer/issuer";
import { markdownText, shellWord } from "../text/escape";
import { markdownTable } from "../text/table";
import { counted } from "../text/words";
import type { Adoption, KeyedRole, UndecidedRole } from "./adoption";
import type { Evidence } from "./evidence";
import { LETS_NO_ONE_IN } from "./gets-in";
import type { LeftProvider } from "./issuers";
import { fenced, otherState } from "./other-state";
import { meantIssuer } from "./propose";
import { type Fault, REASONS } from "./reasons";

/** What a fault says, in one line of plain text. */
export function faultText({ reason, place, detail }: Fault): string {
  return `${place === "" ? "" : `${place}: `}${REASONS[reason]}${detail === "" ? "" : ` (${detail})`}`;
}

/** adopted.md without its first line. `out`: the folder that it is written to. */
export function adoptedReport(adoption: Adoption, out: string, evidence: Evidence | null): string {
  const { account, written, issuers, leftRoles, leftProviders, aside, assumed } = adoption;
  const decisions = leftRoles.filter(({ faults }) => !isOfCloudFormation(faults));
  const stacks = leftRoles.filter(({ faults }) => isOfCloudFormation(faults));
  const unmanaged = issuers.filter((issuer) => issuer.unmanaged !== null);
  const sections: readonly (readonly [title: string, lines: readonly string[]])[] = [
    [`AWS account ${account.accountId}`, []],
    [
      "",
      [
        `- In federation.yaml: ${counted(written.length, "role")} and ${counted(issuers.length, "issuer")}` +
          (unmanaged.length === 0 ? "." : `, of which ${unmanaged.length} used as they are.`),
        `- Waiting for a decision: ${counted(decisions.length, "role")}, ${counted(leftProviders.length, "provider")}.`,
        `- Left to CloudFormation: ${counted(stacks.length, "role")}.`,
        `- Nothing to do with Databricks: ${counted(aside.roles, "role")}, ${counted(aside.providers, "provider")}.`,
      ],
    ],
    ["Next", nextSteps(adoption, out)],
    ["Assumed", assumed.map((line) => `- ${markdownText(line)}`)],
    ["What the first plan shows", planned(written)],
    [
      "Used as it is",
      unmanaged.map(
        ({ key, provider, unmanaged: why }) =>
          `- ${markdownText(formatPath(["issuers", key]))} (${markdownText(provider.arn)}): ` +
          (why === null ? "" : markdownText(faultText(why))),
      ),
    ],
    ["Policies that the file cannot say", written.flatMap(leftPolicies)],
    [
      "Waiting for a decision",
      [...leftProviders.flatMap(providerDecision), ...decisions.flatMap((role) => roleDecision(role, evidence))],
    ],
    [
      "Left to CloudFormation",
      stacks.map(
        ({ role, faults }) =>
          `- ${markdownText(role.name)}: ${faults.map(({ detail }) => markdownText(detail)).join(", ")}`,
      ),
    ],
    ["In another state", otherState(adoption)],
  ];
  return `${sections
    .filter(([, lines], at) => at === 0 || lines.length > 0)
    .map(([title, lines], at) =>
      [...(title === "" ? [] : [`${at === 0 ? "#" : "##"} ${title}`, ""]), ...lines].join("\n").trimEnd(),
    )
    .join("\n\n")}\n`;
}

function isOfCloudFormation(faults: readonly Fault[]): boolean {
  return faults.some(({ reason }) => reason === "cloudformation");
}

function nextSteps({ text, imports, leftRoles }: Adoption, out: string): readonly string[] {
  if (text === null) return [];
  const at = (file: string): string => shellWord(`${out}/${file}`);
  const own = imports.resources.filter(({ proposed }) => !proposed);
  const imported = own.filter(({ movedFrom }) => movedFrom === null);
  const moves = imported.length < own.length;
  return [
    ...(leftRoles.some(({ proposal }) => proposal !== null)
      ? ["Add the roles that you decide on to federation.yaml: their import blocks are written too.", ""]
      : []),
    "```sh",
    `databricks-aws-oidc generate root --config ${at("federation.yaml")} --imports ${at("imports.json")} --out live`,
    "terraform -chdir=live init",
    "terraform -chdir=live plan",
    "```",
    "",
    `The plan imports ${counted(imported.length, "resource")}` +
      `${moves ? " and moves the others" : ""}, adds, changes and destroys nothing but what is listed below.`,
  ];
}

function planned(written: readonly KeyedRole[]): readonly string[] {
  const rows = written.flatMap(({ key, differences }) =>
    differences.map(({ change, what, why }) => [
      markdownText(formatPath(["roles", key])),
      change,
      markdownText(what),
      markdownText(why),
    ]),
  );
  return rows.length === 0 ? [] : [markdownTable(["role", "change", "what", "why"], rows)];
}

function leftPolicies({ role, leftPolicies: faults }: KeyedRole): readonly string[] {
  return faults.map((one) => `- ${markdownText(role.name)}, ${markdownText(faultText(one))} It stays as it is.`);
}

function providerDecision({ provider, fault }: LeftProvider): readonly string[] {
  const path = issuerPathOf(provider.url);
  const meant = meantIssuer(path);
  return [
    `### Provider ${markdownText(path)}`,
    "",
    `- ${markdownText(provider.arn)}`,
    `- ${markdownText(faultText(fault))}`,
    ...(LETS_NO_ONE_IN.has(fault.reason) ? ["- Who gets in by it today: no one."] : []),
    ...(meant !== undefined && meant !== path && fault.reason !== "look-alike"
      ? [
          `- The issuer that was probably meant: https://${markdownText(meant)}. Declare it, move the roles to it, ` +
            "then delete this one.",
        ]
      : []),
    "",
  ];
}

function roleDecision(
  { role, faults, proposal, getsIn: { says, unsure } }: UndecidedRole,
  evidence: Evidence | null,
): readonly string[] {
  return [
    `### Role ${markdownText(role.name)}`,
    "",
    `- ${markdownText(role.arn)}`,
    ...faults.map((one) => `- ${markdownText(faultText(one))}`),
    "- Who gets in today:",
    ...says.map((one) => `  - ${markdownText(one)}`),
    ...(says.length === 0 && unsure === null ? ["  - no one"] : []),
    ...(unsure === null ? [] : [`  - not certain: ${markdownText(unsure)}`]),
    "",
    ...(proposal === null
      ? [
          evidence === null
            ? "Nothing shows whom it should let in. With --trail, a trail of CloudTrail, adopt proposes who was seen."
            : "Neither the policy nor the trail shows whom it should let in.",
        ]
      : [
          "The narrowest that is known:",
          "",
          ...fenced(
            yamlDocument({
              roles: {
                [proposal.key]: {
                  ...(proposal.key === role.name ? {} : { name: role.name }),
                  ...proposal.declaration,
                },
              },
            }).toString({ lineWidth: 0 }),
            "yaml",
          ),
          ...proposal.because.map((says) => `- ${markdownText(says)}`),
        ]),
    "",
  ];
}
