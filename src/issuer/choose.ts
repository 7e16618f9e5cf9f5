/** Which issuer to trust, from what a person knows, and everything that follows from it. */
import type { Problem, Warning } from "../errors";
import { InputError, refuse } from "../errors";
import { breach, quoted } from "../text-rule";
import type { Cloud } from "./clouds";
import { CLOUD_NAMES, CLOUDS, cloudOfHost } from "./clouds";
import { checkIssuer, cloudOfIssuer, issuerUrl, issuerWarnings, providerArn, urlsOf } from "./issuer";
import type { IssuerInput } from "./issuer";
import { readIssuerUrl, workspaceIdOfHost } from "./read-url";
import type { Partition } from "./rules";
import { AWS_ACCOUNT_ID, PARTITIONS, WORKSPACE_ID } from "./rules";

/** What is known; everything optional. Values as typed. */
export interface IssuerQuestion {
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
 * The issuer for `question`. The rule the field uses (docs/issuer.md): workspace-level OIDC and unified login ->
 * workspace issuer; no unified login, or configuring at account level -> account issuer.
 * Throws InputError: issuer-undetermined, and the codes of `readIssuerUrl` and `checkIssuer`.
 */
export function chooseIssuer(question: IssuerQuestion): IssuerChoice {
  const known = gather(question);
  const { input, why, warnings } = decide(known);
  refuse([...checkIssuer(input).filter((problem) => !(input.level === "workspace" && input.workspaceId === "" && problem.code === "workspace-id-invalid"))]);
  const urls = urlsOf(issuerUrl(input));
  const partition = partitionOf(question.partition);
  const audience = input.level === "account" ? input.accountId : input.workspaceId === "" ? null : input.workspaceId;
  return {
    level: input.level,
    cloud: cloudOfIssuer(input),
    ...urls,
    audience,
    providerArn: question.awsAccountId === undefined ? null : providerArn(partition, question.awsAccountId, urls.issuerPath),
    why,
    warnings: [
      ...known.notes,
      ...warnings,
      ...issuerWarnings(input),
      ...(audience === null ? [{ code: "workspace-id-unknown", message: "The workspace ID is not known: it is the audience to register. Add --workspace-id (the number after ?o= in the workspace's address)." }] : []),
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

function gather(question: IssuerQuestion): Known {
  const problems: Problem[] = [];
  if (question.cloud !== undefined && !isCloud(question.cloud)) {
    problems.push({ code: "cloud-unknown", message: `${quoted(question.cloud)} is no Databricks cloud.`, path: "cloud", fix: `Use one of: ${CLOUD_NAMES.join(", ")}.` });
  }
  if (question.partition !== undefined && !(PARTITIONS as readonly string[]).includes(question.partition)) {
    problems.push({ code: "partition-unknown", message: `${quoted(question.partition)} is no AWS partition.`, path: "partition", fix: `Use one of: ${PARTITIONS.join(", ")}.` });
  }
  if (question.awsAccountId !== undefined) problems.push(...one(breach(AWS_ACCOUNT_ID, question.awsAccountId, "aws-account-id")));
  if (question.workspaceId !== undefined) problems.push(...one(breach(WORKSPACE_ID, question.workspaceId, "workspace-id")));
  refuse(problems);
  const cloud = question.cloud !== undefined && isCloud(question.cloud) ? question.cloud : undefined;
  const allowCustomHost = question.allowCustomHost ?? false;
  const pasted = question.url ?? question.host;
  if (pasted === undefined) {
    return { host: undefined, accountId: question.accountId, accountsHost: undefined, workspaceId: question.workspaceId, cloud, unifiedLogin: question.unifiedLogin, allowCustomHost, notes: [] };
  }
  const read = readIssuerUrl(pasted, { allowCustomHost });
  // `--host mycompany.cloud.databricks.com` is no URL and needs no scheme
  const notes = read.notes.filter((note) => question.url !== undefined || note.code !== "scheme-added");
  const readCloud = cloudOfHost(read.host) ?? undefined;
  if (cloud !== undefined && readCloud !== undefined && cloud !== readCloud) {
    refuse([{ code: "cloud-unknown", message: `${read.host} belongs to cloud ${readCloud}, not ${cloud}.`, path: "cloud", fix: "Leave --cloud out." }]);
  }
  return {
    host: read.level === "workspace" ? read.host : undefined,
    accountsHost: read.level === "account" ? read.host : undefined,
    accountId: read.level === "account" ? (question.accountId ?? read.accountId) : question.accountId,
    workspaceId: question.workspaceId ?? (read.level === "workspace" ? (read.workspaceId ?? workspaceIdOfHost(read.host) ?? undefined) : undefined),
    cloud: cloud ?? readCloud,
    unifiedLogin: question.unifiedLogin,
    allowCustomHost,
    notes,
  };
}

function decide(known: Known): { readonly input: IssuerInput; readonly why: string; readonly warnings: readonly Warning[] } {
  const workspace = (why: string, warnings: readonly Warning[] = []) => ({
    why,
    warnings,
    input: { level: "workspace", host: known.host ?? "", workspaceId: known.workspaceId ?? "", allowCustomHost: known.allowCustomHost } as const,
  });
  const account = (why: string) => ({
    why,
    warnings: [],
    input: {
      level: "account",
      accountId: known.accountId ?? "",
      ...(known.accountsHost === undefined ? { cloud: known.cloud ?? "aws" } : { accountsHost: known.accountsHost }),
      allowCustomHost: known.allowCustomHost,
    } as const,
  });
  if (known.host === undefined && known.accountId === undefined) {
    throw new InputError([{ code: "issuer-undetermined", message: "Neither a workspace nor an account is named.", fix: "Give --host (or --url) of the workspace, or --account-id of the Databricks account." }]);
  }
  if (known.host === undefined) return account("Only the account is named: the account issuer serves all its workspaces.");
  if (known.unifiedLogin === false) {
    if (known.accountId === undefined) {
      throw new InputError([{ code: "issuer-undetermined", message: "Without unified login the account issuer is needed, and the account is not named.", path: "account-id", fix: `Add --account-id: it stands in the account console${known.cloud !== undefined && CLOUDS[known.cloud].accountsHost !== null ? ` (${CLOUDS[known.cloud].accountsHost})` : ""}, top right.` }]);
    }
    return account("Without unified login a workspace's own OIDC is not to be used: the account issuer.");
  }
  if (known.unifiedLogin === true) return workspace("Workspace-level OIDC with unified login: the workspace issuer, which no other workspace can sign for.");
  if (known.accountId !== undefined) return account("An account is named and unified login is not stated: configuring at account level takes the account issuer.");
  return workspace("A workspace is named: its own issuer.", [{
    code: "unified-login-not-stated",
    message: "The workspace issuer needs unified login. State it with --unified-login, or with --no-unified-login and --account-id for the account issuer.",
  }]);
}

function isCloud(text: string): text is Cloud {
  return (CLOUD_NAMES as readonly string[]).includes(text);
}

function partitionOf(text: string | undefined): Partition {
  return PARTITIONS.find((partition) => partition === text) ?? "aws";
}

function one<T>(value: T | undefined): readonly T[] {
  return value === undefined ? [] : [value];
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
    ...rows.map(([name, value]) => `${name.padEnd(16)}${value ?? "not known"}`),
    "",
    `why: ${choice.why}`,
    ...choice.warnings.map((warning) => `note: ${warning.message} [${warning.code}]`),
  ].join("\n");
}
