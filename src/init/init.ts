/** What the verb `init` does: finds out, asks, and writes a federation file that reads and passes lint. */
import { existsSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { version } from "../../package.json";
import { FederationError, InputError, type Problem, refuse } from "../errors";
import { parseFederation } from "../federation";
import { BUCKET, FEDERATION_NAME, REASON } from "../federation/rules";
import { type Partition, PARTITIONS } from "../issuer/rules";
import { lintFederation } from "../lint/lint-federation";
import { DEFAULT_FEDERATION_FILE } from "../files/load-federation";
import type { DatabricksConfig } from "../network/databricks-config";
import { shellWord } from "../text/escape";
import { violation, satisfies, quoted } from "../text/text-rule";
import { askIssuer, askRest } from "./ask";
import { federationText } from "./federation-text";
import { findIssuer, hostToAsk, type IssuerFinding } from "./find-issuer";
import { commandOf, type InitFlags, type IssuerFlags, needed, rolesOf } from "./flags";
import { checkOutputFile, writeOutputFile } from "./output-file";
import type { Prompter } from "./prompter";

export interface InitOptions {
  readonly flags: InitFlags;
  readonly cwd: string;
  /** Default ./federation.yaml. */
  readonly out?: string | undefined;
  /** Asks the person; undefined: there is no terminal, and what is missing is an error. */
  readonly prompter?: Prompter | undefined;
  /** Asks a workspace host what it is; undefined: no host is asked. */
  readonly askHost?: ((host: string) => Promise<DatabricksConfig>) | undefined;
  /** Called with what a person should know. */
  readonly note: (text: string) => void;
}

export interface InitResult {
  /** Absolute. */
  readonly file: string;
  readonly issuer: string;
  readonly roles: readonly string[];
  /** The call that writes the same without a question. */
  readonly command: string;
  /** Commands to run next, in this order. */
  readonly next: readonly string[];
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
  if (prompter !== undefined && finding.found)
    flags = await askRest(flags, prompter, { name: usualName(finding), partition: partitionFor(flags, finding) });
  const command = finding.found ? commandOf({ ...flags, ...issuerFlags(finding) }, options.out) : "";
  try {
    const text = fileText(flags, finding, schemaFor(file));
    const warnings = checkedWarnings(text, file);
    writeOutputFile(file, text);
    if (!finding.found) throw new RangeError("a file is written for an issuer only");
    for (const { message, code } of finding.notes) options.note(`${message} [${code}]`);
    return {
      file,
      issuer: finding.choice.issuer,
      roles: flags.role,
      command,
      next: nextCommands(options.out),
      warnings,
    };
  } catch (error) {
    // so that the same questions need not be answered twice
    if (prompter !== undefined && command !== "" && error instanceof FederationError)
      options.note(`Your answers as a command, to correct and run again: ${command}`);
    throw error;
  }
}

/** The issuer as flags, wherever it is from: the printed command asks nothing. */
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
    options.note(`${host} could not be reached (${error.problem.message}) [${error.code}]`);
    return null;
  }
}

/** The first label of the workspace's host where it makes a name. */
function usualName({ choice }: Extract<IssuerFinding, { found: true }>): string {
  const [label = ""] = new URL(choice.issuer).host.split(".");
  return choice.level === "workspace" && satisfies(FEDERATION_NAME, label) ? label : "databricks";
}

/** What was given, else that of the workspace's cloud: Databricks in GovCloud is used from AWS accounts there. */
function partitionFor({ partition }: InitFlags, { choice }: Extract<IssuerFinding, { found: true }>): Partition {
  if (isPartition(partition)) return partition;
  return choice.cloud?.startsWith("aws-us-gov") === true ? "aws-us-gov" : "aws";
}

const SCHEMA = "schema/federation.schema.json";
/** The published package's copy, which does not depend on where this program is installed. */
export const PUBLISHED_SCHEMA = `https://unpkg.com/databricks-aws-oidc@${version}/${SCHEMA}`;

/** Where an editor finds the JSON Schema for `file`: beside it, in the installed package, else as published. */
export function schemaFor(file: string): string {
  const home = dirname(file);
  if (existsSync(join(home, SCHEMA))) return `./${SCHEMA}`;
  for (let folder = home; ; folder = dirname(folder)) {
    const packaged = join(folder, "node_modules", "databricks-aws-oidc", SCHEMA);
    if (existsSync(packaged)) return `${folder === home ? "./" : ""}${relative(home, packaged).split(sep).join("/")}`;
    if (dirname(folder) === folder) return PUBLISHED_SCHEMA;
  }
}

/** Commands to copy: check the file, then deploy it, with CDKTF or as a Terraform root. */
function nextCommands(out: string | undefined): readonly string[] {
  const config = out === undefined ? "" : ` --config ${shellWord(out)}`;
  return [
    `databricks-aws-oidc lint${config}`,
    `databricks-aws-oidc prove${config}`,
    `databricks-aws-oidc generate root${config} --out terraform`,
    "terraform -chdir=terraform init",
    "terraform -chdir=terraform plan",
  ];
}

/** The result for a person, ending with commands to copy. */
export function initText({ file, issuer, roles, command, next }: InitResult): string {
  return [
    `Wrote ${file}: ${roles.join(", ")} for ${issuer}.`,
    "The same without questions:",
    `  ${command}`,
    "Next (docs/cdktf.md shows the same with CDKTF):",
    ...next.map((line) => `  ${line}`),
  ].join("\n");
}

/** Throws InputError with everything that is missing or wrong. */
function fileText(flags: InitFlags, finding: IssuerFinding, schema: string): string {
  const { roles, problems } = rolesOf(flags);
  const wrong: Problem[] = [...problems];
  if (!finding.found) wrong.unshift(needed(finding.needs, finding.why));
  if (flags.partition !== undefined && !isPartition(flags.partition))
    wrong.push({
      code: "partition-unknown",
      message: `${quoted(flags.partition)} is not an AWS partition.`,
      path: "partition",
      fix: `Use one of: ${PARTITIONS.join(", ")}.`,
    });
  if (flags.usersReason !== undefined) wrong.push(...problemOf(violation(REASON, flags.usersReason, "users-reason")));
  // in a policy a bucket's name is only part of an ARN, which reads whatever it is
  for (const bucket of roles.flatMap((role) => role.buckets))
    wrong.push(
      ...problemOf(violation({ ...BUCKET, code: "value-not-allowed", example: "mycompany-lake" }, bucket, "bucket")),
    );
  refuse(wrong);
  if (!finding.found) throw new RangeError("what is missing has been refused");
  return federationText({
    name: flags.name ?? usualName(finding),
    schema,
    issuer: finding.declaration,
    issuerUrl: finding.choice.issuer,
    awsAccountId: flags.awsAccountId,
    partition: partitionFor(flags, finding),
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
function checkedWarnings(text: string, file: string): InitResult["warnings"] {
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
