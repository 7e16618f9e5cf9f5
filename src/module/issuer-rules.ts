/** The rules on issuers as HCL validations: the same as src/issuer and src/federation hold them to. */
import { hclValue } from "../hcl/encode";
import { ISSUER_KEY } from "../federation/rules";
import { CLOUD_NAMES, CLOUDS } from "../issuer/clouds";
import {
  AUDIENCE,
  DATABRICKS_ACCOUNT_ID,
  HOST,
  MAX_AUDIENCES,
  MAX_ISSUER_LENGTH,
  PROVIDER_ARN,
  WORKSPACE_ID,
} from "../issuer/rules";
import type { ObjectAttribute } from "./contract";
import type { Place } from "./condition";
import { eachTextRuleAt, forAll, keepsRule, matches, noNullRule, ruleAt, textRuleAt } from "./condition";
import type { Inputs, RuleDefinition } from "./definition";
import type { Sample } from "./sample";
import { isUuid } from "./sample";

/** Attributes of an issuer in `issuers`, by name. */
export const ISSUER_ATTRIBUTES = {
  account_id: { type: "string", optional: true },
  accounts_host: { type: "string", optional: true },
  allow_custom_host: { type: "bool", optional: true, default: false },
  audiences: { type: { list: "string" }, optional: true, default: [] },
  cloud: { type: "string", optional: true, default: "aws" },
  existing_provider_arn: { type: "string", optional: true },
  host: { type: "string", optional: true },
  level: { type: "string", optional: false },
  workspace_id: { type: "string", optional: true },
} as const satisfies Readonly<Record<string, ObjectAttribute>>;

const ZONES = CLOUD_NAMES.map((cloud) => CLOUDS[cloud].workspaceZone.slice(1).replaceAll(".", "\\."));

/** Whether a host lies in one of Databricks' zones, as an HCL expression. */
export function inDatabricksZone(host: string): string {
  return matches(`\\.(?:${ZONES.join("|")})$`, host);
}

/** Whether a host is an accounts host, as `isAccountsHost` has it. */
export function namedLikeAccountsHost(host: string): string {
  return matches(`^accounts(?:-[a-z0-9-]+)?\\..*(?:${ZONES.join("|")})$`, host);
}

export const ZONE_MESSAGE =
  "must lie in one of Databricks' zones, like mycompany.cloud.databricks.com: whoever holds another name could " +
  "sign tokens for your roles";
const ACCOUNTS_HOST_MESSAGE =
  "must be the host of one workspace: an accounts host's issuer without an account ID is shared by every " +
  "Databricks customer";

/** What a host by itself must be. */
export function hostRule(place: Place): RuleDefinition {
  return textRuleAt(place, HOST, [
    "https://mycompany.cloud.databricks.com",
    "MyCompany.cloud.databricks.com",
    "mycompany.cloud.databricks.com:443",
    "10.0.0.1",
    "",
  ]);
}

export function workspaceHostRule(place: Place): RuleDefinition {
  return ruleAt(
    place,
    "host-is-accounts-host",
    `!${namedLikeAccountsHost(place.reference)}`,
    `${place.words} ${ACCOUNTS_HOST_MESSAGE}`,
    ["accounts.cloud.databricks.com"],
  );
}

export function workspaceIdRule(place: Place): RuleDefinition {
  return textRuleAt(place, WORKSPACE_ID, ["0123", "1.44483e15", "", "mycompany"]);
}

export function accountIdRule(place: Place): RuleDefinition {
  return textRuleAt(place, DATABRICKS_ACCOUNT_ID, ["7D3C2B1A-0F5E-4C8D-9A6B-123456789012", "", "123"]);
}

export function audienceRules(place: Place): readonly RuleDefinition[] {
  const many = Array.from({ length: MAX_AUDIENCES + 1 }, (_, index) => `audience-${index}`);
  return [
    eachTextRuleAt(place, AUDIENCE, ["*", "", "a b", "${aws:userid}"]),
    ruleAt(
      place,
      "too-many-audiences",
      `length(${place.reference}) <= ${MAX_AUDIENCES}`,
      `There must be at most ${MAX_AUDIENCES} audiences: IAM registers no more`,
      [many],
    ),
  ];
}

/** Validations of the variable `issuers`. */
export function issuersRules(sample: Sample, adoptable: boolean): readonly RuleDefinition[] {
  const workspace: Inputs = { level: "workspace", host: sample.host, workspace_id: sample.workspaceId };
  const account: Inputs = {
    level: "account",
    account_id: sample.databricksAccountId,
    accounts_host: sample.databricksAccountHost,
  };
  const loops = ["issuer in var.issuers"];
  const holding = (issuer: Inputs): Inputs => ({ issuers: { production: issuer } });
  const place = (attribute: keyof typeof ISSUER_ATTRIBUTES, of: Inputs, extra: Inputs = {}): Place => ({
    variable: "issuers",
    loops,
    reference: `issuer.${attribute}`,
    nullable: attribute !== "audiences" && attribute !== "cloud",
    words: attribute === "audiences" ? "Each of audiences of an issuer" : `The ${attribute} of an issuer`,
    holding: (value) => ({ production: { ...of, ...extra, [attribute]: value } }),
  });
  const rule = (code: string, test: string, message: string, ...bad: readonly Inputs[]): RuleDefinition => ({
    code,
    condition: forAll(loops, test),
    message,
    breaks: bad.map(holding),
  });
  const unknownAccountsHosts = CLOUD_NAMES.filter((cloud) => CLOUDS[cloud].accountsHost === null);
  const labels = `${"a".repeat(60)}.${"b".repeat(60)}.${"c".repeat(56)}`;
  return [
    noNullRule(loops, "An issuer", { issuers: { production: null } }),
    {
      code: ISSUER_KEY.code,
      condition: forAll(["key in keys(var.issuers)"], keepsRule(ISSUER_KEY, "key")),
      message: `Each key of issuers must be ${ISSUER_KEY.says}, like production`,
      breaks: [{ issuers: { production: workspace, "a b": account } }],
    },
    rule(
      "value-not-allowed",
      'issuer.level == null ? false : contains(["account", "workspace"], issuer.level)',
      "The level of an issuer must be workspace or account",
      { ...workspace, level: "metastore" },
    ),
    rule(
      "required",
      'issuer.level != "workspace" || issuer.host != null && issuer.workspace_id != null && issuer.account_id ' +
        "== null && issuer.accounts_host == null",
      "A workspace issuer must have host and workspace_id, and neither account_id nor accounts_host",
      { level: "workspace", host: sample.host },
      { level: "workspace", workspace_id: sample.workspaceId },
      { ...workspace, account_id: sample.databricksAccountId },
    ),
    rule(
      "required",
      'issuer.level != "account" || issuer.account_id != null && issuer.host == null && issuer.workspace_id == null',
      "An account issuer must have account_id, and neither host nor workspace_id",
      { level: "account", accounts_host: sample.databricksAccountHost },
      { ...account, host: sample.host },
      { ...account, workspace_id: sample.workspaceId },
    ),
    // A host that is no host lies in no zone either, so these allow any zone.
    hostRule(place("host", workspace, { allow_custom_host: true })),
    workspaceHostRule(place("host", workspace)),
    rule(
      "host-not-databricks",
      `issuer.host == null || issuer.allow_custom_host ? true : ${inDatabricksZone("issuer.host")}`,
      `The host of an issuer ${ZONE_MESSAGE}; or set allow_custom_host`,
      { ...workspace, host: "login.example.com" },
    ),
    hostRule(place("accounts_host", account, { allow_custom_host: true })),
    rule(
      "host-not-databricks",
      `issuer.accounts_host == null || issuer.allow_custom_host ? true : ${inDatabricksZone("issuer.accounts_host")}`,
      `The accounts_host of an issuer ${ZONE_MESSAGE}; or set allow_custom_host`,
      { ...account, accounts_host: "login.example.com" },
    ),
    ruleAt(
      place("cloud", account),
      "cloud-unknown",
      `contains(${hclValue(CLOUD_NAMES)}, issuer.cloud)`,
      `The cloud of an issuer must be one of ${CLOUD_NAMES.join(", ")}`,
      ["oracle"],
    ),
    rule(
      "accounts-host-unknown",
      `issuer.level != "account" || issuer.accounts_host != null || ` +
        `!contains(${hclValue(unknownAccountsHosts)}, issuer.cloud)`,
      `An account issuer of cloud ${unknownAccountsHosts.join(", ")} must have accounts_host: none is publicly known`,
      ...unknownAccountsHosts.map((cloud) => ({ level: "account", account_id: sample.databricksAccountId, cloud })),
    ),
    workspaceIdRule(place("workspace_id", workspace)),
    accountIdRule(place("account_id", account)),
    ...audienceRules(place("audiences", workspace)),
    rule(
      "issuer-too-long",
      `issuer.level == "workspace" || issuer.accounts_host == null ? true : length(issuer.accounts_host) + ` +
        `length(coalesce(issuer.account_id, "-")) <= ${MAX_ISSUER_LENGTH - "https:///oidc/accounts/".length}`,
      `An issuer's URL must have at most ${MAX_ISSUER_LENGTH} characters: IAM takes no more`,
      ...(isUuid(sample.databricksAccountId) ? [{ ...account, accounts_host: `${labels}.cloud.databricks.com` }] : []),
    ),
    ...(adoptable
      ? [
          textRuleAt(place("existing_provider_arn", workspace), PROVIDER_ARN, [
            `arn:aws:iam::${sample.awsAccountId}:role/oidc-provider/${sample.host}/oidc`,
          ]),
        ]
      : []),
  ];
}
