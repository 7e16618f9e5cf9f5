/** What the verb `init` does: finds out, asks, and writes a federation file that reads and passes lint. */
import { resolve } from "node:path";
import { FederationError, InputError, refuse } from "../errors";
import type { Problem } from "../errors";
import { parseFederation } from "../federation";
import { BUCKET, FEDERATION_NAME, REASON } from "../federation/rules";
import type { Partition } from "../issuer/rules";
import { PARTITIONS } from "../issuer/rules";
import { lintFederation } from "../lint/lint-federation";
import { DEFAULT_FEDERATION_FILE } from "../files/load-federation";
import type { DatabricksConfig } from "../network/databricks-config";
import { breach, keeps, quoted } from "../text/text-rule";
import { askIssuer, askRest } from "./ask";
import { federationText } from "./federation-text";
import type { IssuerFinding } from "./find-issuer";
import { findIssuer, hostToAsk } from "./find-issuer";
import type { InitFlags, IssuerFlags } from "./flags";
import { commandOf, needed, rolesOf } from "./flags";
import { checkOutputFile, writeOutputFile } from "./output-file";
import type { Prompter } from "./prompter";

export interface InitOptions {
  readonly flags: InitFlags;
  readonly cwd: string;
  /** Default ./federation.yaml. */
  readonly out?: string | undefined;
  /** Asks the person; undefined: nobody is there, and what is missing is an error. */
  readonly prompter?: Prompter | undefined;
  /** Asks a workspace host what it is; undefined: nobody is asked. */
  readonly askHost?: ((host: string) => Promise<DatabricksConfig>) | undefined;
  /** Told what a person should know. */
  readonly note: (text: string) => void;
}

export interface InitResult {
  /** Absolute. */
  readonly file: string;
  readonly issuer: string;
  readonly roles: readonly string[];
  /** The call that writes the same without a options. */
  readonly command: string;
  /** What lint warns of: rule and message. */
  readonly warnings: readonly { readonly rule: string; readonly message: string }[];
}

/**
 * Writes the file. Throws InputError file-exists, init-needs (every missing flag at once), init-role-unclear,
 * init-lint,
 * and the codes of the issuer and of the federation file; OutsideError file-unwritable; Stopped where the person
 * stops it.
 */
export async function initFederation(options: InitOptions): Promise<InitResult> {
  const { prompter } = options;
  const file = resolve(options.cwd, options.out ?? DEFAULT_FEDERATION_FILE);
  checkOutputFile(file);
  const lookUp = (flags: IssuerFlags): Promise<DatabricksConfig | null> => lookUpHost(flags, options);
  let flags = options.flags;
  let config: DatabricksConfig | null;
  if (prompter === undefined) config = await lookUp(flags);
  else {
    const asked = await askIssuer(flags, prompter, lookUp);
    config = asked.config;
    flags = { ...flags, ...asked.flags };
  }
  const finding = findIssuer(flags, config);
  if (prompter !== undefined && finding.found) flags = await askRest(flags, prompter, usualName(finding));
  const command = finding.found ? commandOf({ ...flags, ...issuerFlags(finding) }, options.out) : "";
  try {
    const text = fileText(flags, finding);
    const warnings = judged(text, file);
    writeOutputFile(file, text);
    if (!finding.found) throw new RangeError("a file is written for an issuer only");
    for (const { message, code } of finding.notes) options.note(`${message} [${code}]`);
    return { file, issuer: finding.choice.issuer, roles: flags.role, command, warnings };
  } catch (error) {
    // nobody answers the same questions twice
    if (prompter !== undefined && command !== "" && error instanceof FederationError)
      options.note(`Your answers as a call, to mend and run again: ${command}`);
    throw error;
  }
}

/** The issuer as flags, whatever told it: the printed call asks nobody. */
function issuerFlags({ choice, declaration }: Extract<IssuerFinding, { found: true }>): IssuerFlags {
  return {
    url: choice.issuer,
    accountId: undefined,
    cloud: undefined,
    workspaceId: declaration.level === "workspace" ? declaration.workspaceId : undefined,
  };
}

async function lookUpHost(flags: IssuerFlags, options: InitOptions): Promise<DatabricksConfig | null> {
  const host = hostToAsk(flags);
  if (host === null || options.askHost === undefined) return null;
  try {
    return await options.askHost(host);
  } catch (error) {
    if (!(error instanceof FederationError)) throw error;
    options.note(`${host} does not say what it is (${error.problems[0]?.message ?? error.code}) [${error.code}]`);
    return null;
  }
}

/** The first label of the workspace's host where it makes a name. */
function usualName({ choice }: Extract<IssuerFinding, { found: true }>): string {
  const [label = ""] = new URL(choice.issuer).host.split(".");
  return choice.level === "workspace" && keeps(FEDERATION_NAME, label) ? label : "databricks";
}

/** Throws InputError with everything that is missing or wrong. */
function fileText(flags: InitFlags, finding: IssuerFinding): string {
  const { roles, problems } = rolesOf(flags);
  const wrong: Problem[] = [...problems];
  if (!finding.found) wrong.unshift(needed(finding.needs, finding.why));
  if (flags.partition !== undefined && !isPartition(flags.partition))
    wrong.push({
      code: "partition-unknown",
      message: `${quoted(flags.partition)} is no AWS partition.`,
      path: "partition",
      fix: `Use one of: ${PARTITIONS.join(", ")}.`,
    });
  if (flags.usersReason !== undefined) wrong.push(...problemOf(breach(REASON, flags.usersReason, "users-reason")));
  // in a policy a bucket's name is only part of an ARN, which reads whatever it is
  for (const bucket of roles.flatMap((role) => role.buckets))
    wrong.push(
      ...problemOf(breach({ ...BUCKET, code: "value-not-allowed", example: "mycompany-lake" }, bucket, "bucket")),
    );
  refuse(wrong);
  if (!finding.found) throw new RangeError("what is missing has been refused");
  return federationText({
    name: flags.name ?? usualName(finding),
    issuer: finding.declaration,
    issuerUrl: finding.choice.issuer,
    awsAccountId: flags.awsAccountId,
    // Databricks in GovCloud is used from AWS accounts in GovCloud
    partition: isPartition(flags.partition)
      ? flags.partition
      : finding.choice.cloud?.startsWith("aws-us-gov") === true
        ? "aws-us-gov"
        : "aws",
    region: flags.region,
    roles,
    usersReason: flags.usersReason,
  });
}

function problemOf(problem: Problem | undefined): readonly Problem[] {
  return problem === undefined ? [] : [problem];
}

function isPartition(text: string | undefined): text is Partition {
  return PARTITIONS.some((partition) => partition === text);
}

/**
 * Reads the text as every verb will, and lints it. Throws InputError: the codes of `parseFederation`, and init-lint.
 */
function judged(text: string, file: string): InitResult["warnings"] {
  const findings = lintFederation(parseFederation(text, { file }).federation).filter(({ ignored }) => ignored === null);
  const [first, ...rest] = findings
    .filter(({ severity }) => severity === "error")
    .map(({ rule, message, path, fix }): Problem => ({
      code: "init-lint",
      message: `${message} (${rule})`,
      path,
      fix,
    }));
  if (first !== undefined) throw new InputError([first, ...rest]);
  return findings.map(({ rule, message }) => ({ rule, message }));
}
