/** The rules on issuers as HCL validations: the same as src/issuer and src/federation hold them to. */
import type { Fields } from "../federation/fields/field";
import { hclFields } from "../federation/fields/field";
import { ISSUER_KEY } from "../federation/rules";
import { hclValue } from "../hcl/encode";
import { CLOUD_NAMES, CLOUDS } from "../issuer/clouds";
import { MAX_ISSUER_LENGTH } from "../issuer/rules";
import { re2Part } from "../text/form";
import type { Place } from "./condition";
import { satisfiesRule, matches, mustBe, noNullRule, ruleAt, ruleOver } from "./condition";
import { members } from "./loops";
import type { Inputs, OutputDefinition, RuleDefinition } from "./definition";
import { fieldRules } from "./field-rules";
import { attributesOf } from "./fields";
import type { Sample } from "./sample";
import { isUuid } from "./sample";

const IN_ZONE = `${re2Part({ either: CLOUD_NAMES.map((cloud) => CLOUDS[cloud].workspaceZone) })}$`;

/** Whether a host lies in one of Databricks' zones, as an HCL expression. */
export function inDatabricksZone(host: string): string {
  return matches(IN_ZONE, host);
}

/** Whether a host is an accounts host, as `isAccountsHost` has it. */
function namedLikeAccountsHost(host: string): string {
  return matches(`^accounts(?:-[a-z0-9-]+)?(?:\\..*)?${IN_ZONE}`, host);
}

export const ZONE_MESSAGE =
  "must be in one of Databricks' zones, e.g. mycompany.cloud.databricks.com: whoever holds another name could " +
  "sign tokens for your roles";
const ACCOUNTS_HOST_MESSAGE =
  "must be the host of one workspace: an accounts host's issuer without an account ID is shared by every " +
  "Databricks customer";

/** In a message, after what is too long. */
export const TOO_LONG = `must have at most ${MAX_ISSUER_LENGTH} characters, the IAM limit`;
/** A host that leaves no room for an account ID. */
export const LONG_HOST = `${"a".repeat(60)}.${"b".repeat(60)}.${"c".repeat(56)}${CLOUDS.aws.workspaceZone}`;

/** A host of one workspace is no accounts host. */
export function workspaceHostRule(place: Place): RuleDefinition {
  const rule = ruleAt(
    place,
    "host-is-accounts-host",
    `!${namedLikeAccountsHost(place.reference)}`,
    `${place.words} ${ACCOUNTS_HOST_MESSAGE}`,
    ["accounts.cloud.databricks.com"],
  );
  return { ...rule, refuses: "accounts_host_as_workspace_host" };
}

/** Validations of the variable `issuers`. */
export function issuersRules(sample: Sample, fields: Fields): readonly RuleDefinition[] {
  const attributes = attributesOf(fields);
  const workspace: Inputs = { level: "workspace", host: sample.host, workspace_id: sample.workspaceId };
  const account: Inputs = {
    level: "account",
    account_id: sample.databricksAccountId,
    accounts_host: sample.databricksAccountHost,
  };
  const loops = [members("issuer", "var.issuers", "issuers", { few: true })] as const;
  const holding = (issuer: Inputs): Inputs => ({ issuers: { production: issuer } });
  // A host that is no host lies in no zone either, so values are tried where any zone is accepted.
  const right: Readonly<Record<string, Inputs>> = {
    host: { ...workspace, allow_custom_host: true },
    accounts_host: { ...account, allow_custom_host: true },
    account_id: account,
    cloud: account,
  };
  const place = (attribute: string, of = right[attribute] ?? workspace): Place => ({
    variable: "issuers",
    loops,
    reference: `issuer.${attribute}`,
    at: `.${attribute}`,
    nullable: attributes[attribute]?.optional === true && attributes[attribute].default === undefined,
    words: `an issuer's ${attribute}`,
    holding: (value) => ({ production: { ...of, [attribute]: value } }),
  });
  /** A rule on an issuer, or on the attribute that its message shows. */
  const rule = (
    code: string,
    refuses: string,
    attribute: string | null,
    test: string,
    message: string,
    ...bad: readonly Inputs[]
  ): RuleDefinition =>
    ruleOver(
      code,
      loops,
      test,
      message,
      bad.map(holding),
      attribute === null ? { refuses } : { at: `.${attribute}`, value: `issuer.${attribute}`, refuses },
    );
  const unknownAccountsHosts = CLOUD_NAMES.filter((cloud) => CLOUDS[cloud].accountsHost === null);
  return [
    noNullRule(loops, "level", "An issuer", { issuers: { production: null } }),
    ruleOver(
      ISSUER_KEY.code,
      [{ name: "key", over: "keys(var.issuers)", at: "issuers" }],
      satisfiesRule(ISSUER_KEY, "key"),
      mustBe("Each key of issuers", ISSUER_KEY),
      [{ issuers: { production: workspace, "a b": account } }],
      { value: "key", refuses: "invalid_key_of_issuers" },
    ),
    rule(
      "value-not-allowed",
      "unknown_issuer_level",
      "level",
      'issuer.level == null ? false : contains(["account", "workspace"], issuer.level)',
      "An issuer's level must be workspace or account",
      { ...workspace, level: "metastore" },
    ),
    rule(
      "required",
      "incomplete_workspace_issuer",
      null,
      'issuer.level != "workspace" || issuer.host != null && issuer.workspace_id != null && issuer.account_id ' +
        "== null && issuer.accounts_host == null",
      "A workspace issuer must have host and workspace_id, and neither account_id nor accounts_host",
      { level: "workspace", host: sample.host },
      { level: "workspace", workspace_id: sample.workspaceId },
      { ...workspace, account_id: sample.databricksAccountId },
    ),
    rule(
      "required",
      "incomplete_account_issuer",
      null,
      'issuer.level != "account" || issuer.account_id != null && issuer.host == null && issuer.workspace_id == null',
      "An account issuer must have account_id, and neither host nor workspace_id",
      { level: "account", accounts_host: sample.databricksAccountHost },
      { ...account, host: sample.host },
      { ...account, workspace_id: sample.workspaceId },
    ),
    ...Object.entries(hclFields(fields)).flatMap(([attribute, field]) =>
      attribute === "level" ? [] : fieldRules(field, place(attribute)),
    ),
    workspaceHostRule(place("host", workspace)),
    ...["host", "accounts_host"].map((attribute) => {
      const reference = `issuer.${attribute}`;
      return rule(
        "host-not-databricks",
        `issuer_${attribute}_outside_databricks`,
        attribute,
        `${reference} == null || issuer.allow_custom_host ? true : ${inDatabricksZone(reference)}`,
        `An issuer's ${attribute} ${ZONE_MESSAGE}; or set allow_custom_host`,
        { ...(attribute === "host" ? workspace : account), [attribute]: "login.example.com" },
      );
    }),
    rule(
      "accounts-host-unknown",
      "account_issuer_without_accounts_host",
      "cloud",
      `issuer.level != "account" || issuer.accounts_host != null || ` +
        `!contains(${hclValue(unknownAccountsHosts)}, issuer.cloud)`,
      `An account issuer of cloud ${unknownAccountsHosts.join(", ")} must have accounts_host: none is publicly known`,
      ...unknownAccountsHosts.map((cloud) => ({ level: "account", account_id: sample.databricksAccountId, cloud })),
    ),
    rule(
      "issuer-too-long",
      "too_long_issuer",
      "accounts_host",
      `issuer.level == "workspace" || issuer.accounts_host == null ? true : length(issuer.accounts_host) + ` +
        `length(coalesce(issuer.account_id, "-")) <= ${MAX_ISSUER_LENGTH - "https:///oidc/accounts/".length}`,
      `An issuer's URL ${TOO_LONG}`,
      ...(isUuid(sample.databricksAccountId) ? [{ ...account, accounts_host: LONG_HOST }] : []),
    ),
  ];
}

/** The URLs of issuers, and the rule that no two are the same. */
export function issuerOutputs(sample: Sample): readonly OutputDefinition[] {
  const workspace: Inputs = { level: "workspace", host: sample.host, workspace_id: sample.workspaceId };
  return [
    {
      name: "discovery_urls",
      description: "Where AWS finds the keys of each issuer, by issuer",
      value: '{ for key, issuer in local.issuers : key => "https://${issuer.path}/.well-known/openid-configuration" }',
      preconditions: [],
    },
    {
      name: "issuer_urls",
      description: "Issuers as their tokens name them, by issuer",
      value: '{ for key, issuer in local.issuers : key => "https://${issuer.path}" }',
      preconditions: [
        {
          code: "issuer-collision",
          condition: "length(toset([for issuer in local.issuers : issuer.path])) == length(local.issuers)",
          message: "No two of issuers may be the same: an AWS account holds one provider per issuer",
          breaks: [{ issuers: { production: workspace, other: { ...workspace, workspace_id: "2" } } }],
        },
      ],
    },
  ];
}
