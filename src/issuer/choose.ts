/** Which issuer to trust, from what a person knows, and everything that follows from it. */
import { type InputError, inputError, type Problem, refuse, type Warning } from "../errors";
import { quoted, type TextRule, violation } from "../text/text-rule";
import { type Cloud, CLOUD_NAMES, cloudOfHost, CLOUDS } from "./clouds";
import {
  checkIssuer,
  cloudOfIssuer,
  defaultAudience,
  type IssuerInput,
  issuerUrl,
  issuerWarnings,
  providerArn,
  urlsOf,
} from "./issuer";
import { type PastedIssuer, readIssuerUrl } from "./read-url";
import { AWS_ACCOUNT_ID, DATABRICKS_ACCOUNT_ID, type Partition, PARTITIONS, WORKSPACE_ID } from "./rules";

/** What is known; everything optional. Values as typed. */
export interface IssuerOptions {
  readonly host?: string | undefined;
  readonly accountId?: string | undefined;
  /** Whether the workspace has unified login; undefined: not stated. */
  readonly unifiedLogin?: boolean | undefined;
  readonly url?: string | undefined;
  readonly cloud?: string | undefined;
  readonly workspaceId?: string | undefined;
  readonly awsAccountId?: string | undefined;
  readonly partition?: string | undefined;
  readonly allowCustomHost?: boolean | undefined;
}

/** The answer of the verb `issuer`; `null` where something is not known. URLs with `https://`, no trailing slash. */
export interface IssuerChoice {
  readonly level: "workspace" | "account";
  readonly cloud: Cloud | null;
  readonly issuer: string;
  readonly issuerPath: string;
  readonly discoveryUrl: string;
  readonly tokenEndpoint: string;
  readonly audience: string | null;
  readonly conditionKeys: { readonly aud: string; readonly sub: string };
  readonly providerArn: string | null;
  readonly why: string;
  readonly warnings: readonly Warning[];
}

/**
 * The issuer for `options`. The rule the field uses (docs/issuer.md): workspace-level OIDC and unified login ->
 * workspace issuer; no unified login, or configuring at account level -> account issuer.
 * Throws InputError: issuer-undetermined, issuer-conflict, cloud-unknown, partition-unknown, and the codes of
 * `readIssuerUrl` and `checkIssuer`.
 *
 * @example
 * ```ts
 * import { chooseIssuer } from "databricks-aws-oidc";
 * const { issuer, audience } = chooseIssuer({ url: "https://mycompany.cloud.databricks.com/?o=1444828305810485" });
 * ```
 */
export function chooseIssuer(options: IssuerOptions): IssuerChoice {
  const known = gather(options);
  const { input, why, warnings } = decide(known);
  const noWorkspaceId = input.level === "workspace" && input.workspaceId === "";
  refuse(checkIssuer(input).filter(({ code }) => !(noWorkspaceId && code === "workspace-id-invalid")));
  const { conditionKeys, ...urls } = urlsOf(issuerUrl(input));
  const cloud = cloudOfIssuer(input);
  const { awsAccountId, partition } = options;
  const notes: readonly (readonly [when: boolean, code: string, message: string])[] = [
    [
      input.level === "account" && known.workspaceId !== undefined,
      "workspace-id-not-used",
      "The workspace ID is not used: the account issuer's audience is the account ID.",
    ],
    [
      noWorkspaceId,
      "workspace-id-unknown",
      "The workspace ID, which is the audience to register, is unknown. Add --workspace-id (the number after ?o= in " +
        "the workspace's address).",
    ],
    [
      awsAccountId !== undefined && partition === undefined && cloud?.startsWith("aws-us-gov") === true,
      "partition-not-stated",
      "The provider's ARN is that of an account in partition aws. For one in GovCloud add --partition aws-us-gov.",
    ],
  ];
  return {
    level: input.level,
    cloud,
    ...urls,
    audience: noWorkspaceId ? null : defaultAudience(input),
    conditionKeys,
    providerArn: awsAccountId === undefined ? null : providerArn(partitionOf(partition), awsAccountId, urls.issuerPath),
    why,
    warnings: [
      ...known.notes,
      ...warnings,
      ...issuerWarnings(input),
      ...notes.flatMap(([when, code, message]) => (when ? { code, message } : [])),
    ],
  };
}

interface Known {
  readonly host: string | undefined;
  readonly accountId: string | undefined;
  readonly accountsHost: string | undefined;
  readonly workspaceId: string | undefined;
  readonly cloud: Cloud | undefined;
  readonly unifiedLogin: boolean | undefined;
  readonly allowCustomHost: boolean;
  readonly notes: readonly Warning[];
}

function gather(options: IssuerOptions): Known {
  refuse(problemsOfFlags(options));
  const cloud = options.cloud !== undefined && isCloud(options.cloud) ? options.cloud : undefined;
  const allowCustomHost = options.allowCustomHost ?? false;
  const accountId = options.accountId?.toLowerCase();
  const lowered =
    accountId === options.accountId
      ? []
      : [{ code: "account-id-lowered", message: "Changed the account ID to lower case, as in Databricks' tokens." }];
  const { unifiedLogin, workspaceId } = options;
  const read = readPasted(options);
  const base = { host: undefined, accountsHost: undefined, accountId, workspaceId, unifiedLogin, allowCustomHost };
  if (read === undefined) return { ...base, cloud, notes: lowered };
  const readCloud = cloudOfHost(read.host) ?? undefined;
  if (cloud !== undefined && readCloud !== undefined && cloud !== readCloud)
    throw conflict("cloud", `${read.host} belongs to cloud ${readCloud}, not ${cloud}.`, "Leave --cloud out.");
  const found = { ...base, cloud: cloud ?? readCloud, notes: [...read.notes, ...lowered] };
  if (read.level === "account") {
    if (accountId !== undefined && accountId !== read.accountId)
      throw conflict(
        "account-id",
        `The pasted URL is that of account ${read.accountId}, not ${accountId}.`,
        "Leave --account-id out, or paste another URL.",
      );
    return { ...found, accountsHost: read.host, accountId: read.accountId };
  }
  if (workspaceId !== undefined && read.workspaceId !== null && workspaceId !== read.workspaceId)
    throw conflict(
      "workspace-id",
      `The pasted URL is that of workspace ${read.workspaceId}, not ${workspaceId}.`,
      "Leave --workspace-id out, or paste another URL.",
    );
  return { ...found, host: read.host, workspaceId: workspaceId ?? read.workspaceId ?? undefined };
}

/** Problems of flags that are not URLs. Codes: cloud-unknown, partition-unknown, and those of the IDs. */
function problemsOfFlags(options: IssuerOptions): readonly Problem[] {
  const problems: Problem[] = [];
  if (options.cloud !== undefined && !isCloud(options.cloud)) {
    problems.push({
      code: "cloud-unknown",
      message: `${quoted(options.cloud)} is not a Databricks cloud.`,
      path: "cloud",
      fix: `Use one of: ${CLOUD_NAMES.join(", ")}.`,
    });
  }
  if (options.partition !== undefined && !(PARTITIONS as readonly string[]).includes(options.partition)) {
    problems.push({
      code: "partition-unknown",
      message: `${quoted(options.partition)} is not an AWS partition.`,
      path: "partition",
      fix: `Use one of: ${PARTITIONS.join(", ")}.`,
    });
  }
  const rules: readonly (readonly [TextRule, string | undefined, string])[] = [
    [DATABRICKS_ACCOUNT_ID, options.accountId?.toLowerCase(), "account-id"],
    [WORKSPACE_ID, options.workspaceId, "workspace-id"],
    [AWS_ACCOUNT_ID, options.awsAccountId, "aws-account-id"],
  ];
  for (const [rule, value, path] of rules) {
    const problem = value === undefined ? undefined : violation(rule, value, path);
    if (problem !== undefined) problems.push(problem);
  }
  return problems;
}

/** What `--url` and `--host` say; undefined: neither is given. Codes: issuer-conflict, and those of `readIssuerUrl`. */
function readPasted({
  url,
  host,
  allowCustomHost = false,
  accountId: account,
}: IssuerOptions): PastedIssuer | undefined {
  const accountId = account?.toLowerCase();
  const fromHost = host === undefined ? undefined : readIssuerUrl(host, { allowCustomHost, accountId, path: "host" });
  if (url === undefined) {
    // `--host mycompany.cloud.databricks.com` is not a URL and needs no scheme
    return fromHost === undefined
      ? undefined
      : { ...fromHost, notes: fromHost.notes.filter((note) => note.code !== "scheme-added") };
  }
  const fromUrl = readIssuerUrl(url, { allowCustomHost, accountId });
  if (fromHost !== undefined && fromHost.host !== fromUrl.host) {
    throw conflict("host", `--url names ${fromUrl.host}, --host names ${fromHost.host}.`, "Leave one of them out.");
  }
  return fromUrl;
}

function conflict(path: string, message: string, fix: string): InputError {
  return inputError("issuer-conflict", message, fix, path);
}

interface Decision {
  readonly input: IssuerInput;
  readonly why: string;
  readonly warnings: readonly Warning[];
}

function decide(known: Known): Decision {
  if (known.host === undefined) {
    if (known.accountId === undefined) {
      throw inputError(
        "issuer-undetermined",
        "Neither a workspace nor an account is named.",
        "Give --host (or --url) of the workspace, or --account-id of the Databricks account.",
      );
    }
    return accountIssuer(
      known,
      known.accountId,
      "Only the account is named: the account issuer serves all its workspaces.",
    );
  }
  if (known.unifiedLogin === false) {
    if (known.accountId === undefined) {
      const console = known.cloud === undefined ? null : CLOUDS[known.cloud].accountsHost;
      throw inputError(
        "issuer-undetermined",
        "Without unified login the account issuer is needed, and the account is not named.",
        `Add --account-id: it is shown in the account console${console === null ? "" : ` (${console})`}, ` +
          `top right.`,
        "account-id",
      );
    }
    return accountIssuer(
      known,
      known.accountId,
      "Without unified login a workspace's own OIDC must not be used: use the account issuer.",
    );
  }
  const workspace = (why: string, warnings: readonly Warning[] = []): Decision => ({
    why,
    warnings,
    input: {
      level: "workspace",
      host: known.host ?? "",
      workspaceId: known.workspaceId ?? "",
      allowCustomHost: known.allowCustomHost,
    },
  });
  if (known.unifiedLogin === true)
    return workspace(
      "Workspace-level OIDC with unified login: the workspace issuer, which no other workspace can sign for.",
    );
  if (known.accountId !== undefined)
    return accountIssuer(
      known,
      known.accountId,
      "An account is named and unified login is not stated: configuring at account level uses the account issuer.",
    );
  return workspace("A workspace is named: its own issuer.", [
    {
      code: "unified-login-not-stated",
      message:
        "The workspace issuer needs unified login. State it with --unified-login, or with --no-unified-login " +
        "and --account-id for the account issuer.",
    },
  ]);
}

function accountIssuer({ accountsHost, cloud, allowCustomHost }: Known, accountId: string, why: string): Decision {
  const where = accountsHost === undefined ? { cloud: cloud ?? "aws" } : { accountsHost };
  return { why, warnings: [], input: { level: "account", accountId, ...where, allowCustomHost } };
}

function isCloud(text: string): text is Cloud {
  return (CLOUD_NAMES as readonly string[]).includes(text);
}

function partitionOf(text: string | undefined): Partition {
  return PARTITIONS.find((partition) => partition === text) ?? "aws";
}

/** The choice for a person: one line a fact, then why and the warnings. */
export function issuerText(choice: IssuerChoice): string {
  const rows: readonly (readonly [string, string | null])[] = [
    ["issuer", choice.issuer],
    ["level", choice.level],
    ["cloud", choice.cloud],
    ["audience", choice.audience],
    ["discovery URL", choice.discoveryUrl],
    ["token endpoint", choice.tokenEndpoint],
    ["condition keys", `${choice.conditionKeys.aud}, ${choice.conditionKeys.sub}`],
    ["provider ARN", choice.providerArn],
  ];
  return [
    ...rows.map(([name, value]) => `${name.padEnd(16)}${value ?? "unknown"}`),
    "",
    `why: ${choice.why}`,
    ...choice.warnings.map((warning) => `note: ${warning.message} [${warning.code}]`),
  ].join("\n");
}
