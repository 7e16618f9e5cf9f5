/**
 * Every flag of the command line, declared once: verbs pick theirs from `FLAGS`. What yargs parses, the options a verb
 * gets and their types, help, completion and "did you mean" are derived from it. A flag has one meaning in every verb.
 */
import { CLIENT_PLACES } from "../client/places";
import { VIAS } from "../credentials/vias";
import { CLOUD_NAMES } from "../issuer/clouds";
import { PARTITIONS } from "../issuer/rules";
import { DEPLOYMENTS } from "../runbook/deployments";
import { TOKEN_SOURCE_NAMES } from "../token/sources";

export interface Flag {
  /** One line of help. */
  readonly about: string;
  /** The placeholder of the value in help, like `FILE`; absent: a switch, `--name` or `--no-name`. */
  readonly value?: string;
  /** May be given several times. */
  readonly many?: true;
  readonly choices?: readonly string[];
  /** Of a value: what an absent flag means; of a switch: false unless it says true. */
  readonly default?: string | true;
  /** A switch without default: an absent one is undefined. */
  readonly either?: true;
  readonly required?: true;
  /** The value is a key of this section of the federation file. */
  readonly keyOf?: "roles" | "issuers";
  /** Chooses what is printed on stdout: only one such flag may be given. */
  readonly output?: true;
}

export type Flags = Readonly<Record<string, Flag>>;

type Text<F> = F extends { readonly choices: readonly (infer Choice)[] } ? Choice : string;

type Value<F> = F extends { readonly value: string }
  ? F extends { readonly many: true }
    ? readonly Text<F>[]
    : F extends { readonly default: string } | { readonly required: true }
      ? Text<F>
      : Text<F> | undefined
  : F extends { readonly either: true }
    ? boolean | undefined
    : boolean;

/** What a verb with the flags `F` is given. */
export type Options<F> = { readonly [Name in keyof F]: Value<F[Name]> };

/** By the name of the option; the flag is the same with dashes (`roleArn`: `--role-arn`). */
export const FLAGS = {
  account: { value: "KEY", about: "Key of the AWS account, where the federation has several" },
  accountId: { value: "UUID", about: "Databricks account ID, for the account issuer" },
  all: { about: "Also look for everything else in the AWS account that trusts Databricks" },
  allowCustomHost: { about: "Accept a host outside Databricks' domains" },
  allowEndpoint: { about: "Use an AWS endpoint that is not AWS', and send the token there" },
  assume: { about: "Make one real call for the role: 900 s, and a session that may do nothing" },
  aws: { about: "Compare provider and roles with what is deployed; reads IAM only" },
  awsAccountId: { value: "ID", about: "AWS account ID (12 digits), where the federation does not name it" },
  baseUrl: {
    value: "URL",
    about: "Where the registry is served, e.g. https://registry.example.com (default: as before)",
  },
  before: { value: "FILE", about: "Compare with this document: who gains and who loses a role" },
  bucket: { value: "NAME", about: "Name of the S3 bucket" },
  cache: { default: true, about: "Store sessions in the cache (--no-cache: in memory only)" },
  check: { about: "Write nothing; exit 1 and list what differs" },
  claims: { value: "FILE", about: "Instead of a token: its claims as JSON; no signature is checked" },
  clientId: { value: "ID", many: true, about: "With --policy: a client ID of the provider; may be repeated" },
  cloud: { value: "CLOUD", choices: CLOUD_NAMES, about: "Databricks cloud of the account (default: aws)" },
  config: { value: "FILE", about: "Federation file (default: ./federation.yaml)" },
  context: { value: "KEY=VALUE", many: true, about: "A condition key, e.g. aws:SourceIp=203.0.113.7; may be repeated" },
  count: { value: "NUMBER", default: "1000", about: "Forged tokens for each role, 1000 to 1000000" },
  credential: { value: "NAME", about: "With --via unity-catalog: the service credential" },
  csv: { output: true, about: "Print a table for a spreadsheet" },
  days: { value: "DAYS", default: "90", about: "How many days an identity may go unseen" },
  deployedBy: {
    value: "PROGRAM",
    choices: DEPLOYMENTS,
    default: "terraform",
    about: "What deploys the federation",
  },
  dryRun: { about: "Print what would be done, and do nothing" },
  duration: { value: "TIME", about: "Length of the session, e.g. 1h (default: 1h)" },
  endpoint: { value: "URL", about: "With --to s3: an S3-compatible server" },
  explain: { about: "Print on stderr why a request is refused" },
  externalId: {
    value: "ROLE=ID",
    many: true,
    about: "External ID that Databricks shows for the role's service credential (default: the trust policy's)",
  },
  failOnWidening: { about: "Exit 1 if any identity gains a role" },
  federationPolicy: {
    value: "FILE",
    many: true,
    about: "Federation policy (JSON) that tokens of AWS must match (default: any role is let in)",
  },
  for: { value: "PLACE", choices: [...CLIENT_PLACES, "aws"], required: true, about: "Where the client runs" },
  format: { value: "FORMAT", output: true, about: "Form of the output" },
  from: {
    value: "SOURCE",
    choices: TOKEN_SOURCE_NAMES,
    about: "Token source (default: the first that is available, in this order)",
  },
  givenProvider: { value: "ARN", many: true, about: "An OIDC provider that already exists; may be repeated" },
  host: { value: "HOST", about: "Workspace host, e.g. mycompany.cloud.databricks.com" },
  imports: { value: "FILE", about: "imports.json of adopt: import what exists in AWS already" },
  issuer: { value: "KEY", keyOf: "issuers", about: "Issuer of the federation, by its key" },
  json: { output: true, about: "Print one JSON document on stdout" },
  jwks: { value: "FILE", about: "The issuer's key set, to check the signature" },
  keepTokenSources: {
    about: "After --: leave DATABRICKS_CLIENT_SECRET and other token sources in the program's environment",
  },
  markdown: { output: true, about: "Print Markdown on stdout, for a pull request or a job's summary" },
  maxSession: { value: "TIME", many: true, about: "[ROLE=]longest session, 1h to 12h (default: 1h)" },
  maxWarnings: { value: "NUMBER", about: "Exit 1 with more warnings than this" },
  mechanisms: { about: "Instead: which mechanism each Databricks feature uses to reach AWS" },
  module: { value: "NAME", about: "With --to git: this module only" },
  modules: { value: "DIR", about: "Folder of generated modules (default: ./modules, else those of this package)" },
  moduleSource: { value: "SOURCE", about: "Source of the module (default: it is written beside the root)" },
  moduleVersion: { value: "RANGE", about: "Version range of a registry module" },
  movedFrom: {
    value: "FILE",
    about: "cdktf, a root's style, or a stack's cdk.tf.json: take over its state with moved blocks",
  },
  name: { value: "NAME", about: "Name of the federation (default: after the workspace)" },
  narrow: { output: true, about: "Instead: the federation file without identities that were not seen, as a diff" },
  namespace: { value: "NAME", about: "Registry namespace, e.g. acme or registry.example.com/acme" },
  now: { value: "SECONDS", about: "Evaluate at this time, in seconds since 1970 (default: now)" },
  offline: { about: "Do not contact the workspace" },
  once: { about: "With --format token-file: write the file once and exit" },
  out: { value: "PATH", about: "File or folder to write" },
  partition: { value: "PARTITION", choices: PARTITIONS, about: "AWS partition (default: that of the cloud)" },
  pipelineRole: { value: "ARN", many: true, about: "Role that deploys the federation, and may change it in AWS" },
  plan: { value: "FILE", about: "Instead of a federation: terraform show -json of a plan or a state" },
  policy: { value: "FILE", about: "Instead of a federation: a trust policy as JSON" },
  policyArn: { value: "ARN", many: true, about: "[ROLE=]ARN of a managed policy of the role" },
  port: { value: "PORT", about: "Port on 127.0.0.1 (0: any free port)" },
  prefix: { value: "PATH", default: "", about: "With --to s3: path inside the bucket" },
  previous: {
    value: "PATH",
    about: "Last release: its manifest.json or folder, or a folder of recorded releases (default: ./releases)",
  },
  profile: { value: "NAME", about: "Databricks profile, in ~/.databrickscfg" },
  profileName: { value: "NAME", about: "With --format profile: the AWS profile to write" },
  providerUrl: { value: "URL", about: "With --policy: URL of the OIDC provider, as registered" },
  quiet: { about: "Do not print a line for each request" },
  raw: { output: true, about: "Print the token itself, to a pipe or file only" },
  record: { value: "FILE", about: "With --assume: write what the call showed, without names, IDs and secrets" },
  region: {
    value: "REGION",
    about: "AWS region (default: AWS_REGION, the federation's, or the partition's usual one)",
  },
  release: { value: "DIR", default: "out/release", about: "Folder of a release, as pack writes it" },
  releases: { value: "DIR", default: "releases", about: "Folder of recorded releases" },
  replay: { value: "FILE", about: "Instead: compare a file of --record with what is expected" },
  repository: { value: "URL", about: "With --to git: URL or folder; {name} is the module's name" },
  role: { value: "ROLE", keyOf: "roles", about: "Role of the federation, by key or name" },
  roleArn: { value: "ARN", about: "A role by its ARN" },
  root: { value: "DIR", default: "root", about: "Folder of the roots that generate root wrote" },
  rules: { value: "FILE", about: "Your organization's rules: names, defaults and demands (YAML)" },
  sarif: { output: true, about: "Print SARIF 2.1.0 on stdout, for code scanning" },
  sameState: { about: "The state is the one that the new configuration takes over: move, do not import" },
  scope: { value: "SCOPES", about: "OAuth scopes to request (default: openid, which opens no API)" },
  seed: { value: "NUMBER", default: "1", about: "The same seed makes the same forged tokens" },
  servicePrincipal: { value: "ID", many: true, about: "[ROLE=]application ID that may assume the role" },
  sessionName: { value: "NAME", about: "Default: the identity, with invalid characters replaced" },
  sourceCommit: { value: "HASH", about: "Commit the modules come from (default: that of a clean checkout)" },
  style: {
    value: "STYLE",
    choices: ["modules", "resources"],
    default: "modules",
    about: "One call of databricks-federation, or resource blocks",
  },
  table: {
    value: "NAME",
    default: "databricks_oidc_trail",
    about: "Table that the queries make, like main.security.databricks_oidc_trail",
  },
  timeout: { value: "TIME", about: "Longest time for one request (default: 10s)" },
  tls: { about: "Serve over https, with a certificate authority made for this run" },
  tlsCert: { value: "FILE", about: "Certificate (PEM): serve over https" },
  tlsKey: { value: "FILE", about: "Private key of the certificate (PEM)" },
  to: { value: "TARGET", required: true, about: "A folder to serve, s3, or git" },
  token: { value: "-|@FILE", about: "A Databricks token: - for standard input, @FILE for a file" },
  tokenFile: { value: "FILE", about: "With --from file: the file with a Databricks token" },
  trail: { value: "PATH", many: true, about: "CloudTrail files or folders, to see who used what; may be repeated" },
  unifiedLogin: { either: true, about: "The workspace has unified login (--no-unified-login: it does not)" },
  url: { value: "URL", about: "Any pasted workspace, account, issuer or discovery URL" },
  user: { value: "EMAIL", many: true, about: "[ROLE=]e-mail address of a user who may assume the role" },
  usersReason: { value: "TEXT", about: "Why users may assume it: lint then accepts their e-mail addresses" },
  verify: { about: "Write nothing: check every file against what was published or packed" },
  version: { value: "VERSION", about: "Version of the release (default: that of this program)" },
  via: {
    value: "WAY",
    choices: VIAS,
    about: "web-identity (the default), or unity-catalog: a service credential, without STS",
  },
  wait: { value: "TIME", about: "How long to wait for a role that was just created (default: 15s)" },
  who: { about: "Instead: everyone who can assume the role, or each role" },
  workspaceId: { value: "ID", about: "Workspace ID, the audience of workspace tokens" },
  yes: { about: "Do not ask, even in a terminal" },
} as const satisfies Flags;

type Declared = typeof FLAGS;

/** The flags `names`, for a verb's declaration. */
export function flags<const Name extends keyof Declared>(...names: readonly Name[]): Pick<Declared, Name> {
  return Object.fromEntries(names.map((name) => [name, FLAGS[name]])) as Pick<Declared, Name>;
}

/** A given token is read as it is, so `--token` excludes what would choose another. */
export const GIVEN_TOKEN_EXCLUDES: readonly (readonly [string, string])[] = (
  ["from", "tokenFile", "profile", "scope"] as const satisfies readonly (keyof Declared)[]
).map((flag) => ["token", flag]);
