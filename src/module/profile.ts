/** A generator profile: an organisation's own rules, baked into the modules it emits. Read from YAML. */
import { z } from "zod";
import type { Problem } from "../errors";
import { refuse } from "../errors";
import { canonicalInput } from "../federation/canonical-input";
import { checkPolicyArn } from "../federation/check-policies";
import { checkTags } from "../federation/check-tags";
import { secondsOf } from "../federation/duration";
import { parsePath } from "../federation/path";
import { BOUNDARY_ARN, MAX_SESSION_SECONDS, MAX_TAGS, MIN_SESSION_SECONDS, ROLE_NAME_PREFIX, ROLE_PATH, TAG_KEY, TAG_VALUE } from "../federation/rules";
import { shape } from "../federation/shape";
import { readYaml } from "../federation/yaml-source";
import { checkHost } from "../issuer/issuer";
import type { Partition } from "../issuer/rules";
import { AWS_ACCOUNT_ID, DATABRICKS_ACCOUNT_ID, PARTITIONS } from "../issuer/rules";
import type { TextRule } from "../text-rule";
import { breach, quoted } from "../text-rule";
import { TRUST_POLICY_DEFAULT_QUOTA, TRUST_POLICY_MAX_QUOTA } from "../trust/rules";
import { VERSION_RANGE } from "./version-range";

const MODULE_NAME: TextRule = {
  code: "profile-invalid",
  pattern: "^[a-z][a-z0-9-]{1,62}$",
  says: "a module name of 2 to 63 lower-case letters, digits and -, starting with a letter",
  example: "acme-databricks-workspace",
};

function ruled(rule: TextRule): z.ZodString {
  return z.string().superRefine((value, context) => {
    const problem = breach(rule, value, "");
    if (problem !== undefined) context.addIssue({ code: "custom", message: problem.message, params: { code: problem.code, fix: problem.fix } });
  }) as z.ZodString;
}

const duration = z.union([z.string(), z.number()]).transform((value, context) => {
  const seconds = secondsOf(value);
  if (seconds !== null && seconds >= MIN_SESSION_SECONDS && seconds <= MAX_SESSION_SECONDS) return seconds;
  context.addIssue({ code: "custom", message: `${JSON.stringify(value)} is no session of 1 to 12 hours.`, params: { code: "duration-out-of-range", fix: "Write 1h to 12h." } });
  return z.NEVER;
});

const databricksHost = z.string().superRefine((value, context) => {
  for (const problem of checkHost(value, "", false)) context.addIssue({ code: "custom", message: problem.message, params: { code: problem.code, fix: problem.fix } });
});

const MODULE_NAMES = z.strictObject({
  "databricks-account-oidc": ruled(MODULE_NAME).optional(),
  "databricks-federated-role": ruled(MODULE_NAME).optional(),
  "databricks-federation": ruled(MODULE_NAME).optional(),
  "databricks-workspace-oidc": ruled(MODULE_NAME).optional(),
});

export const profileSchema = z.strictObject({
  names: MODULE_NAMES.optional(),
  defaults: z.strictObject({
    awsAccountId: ruled(AWS_ACCOUNT_ID).optional(),
    awsPartition: z.enum(PARTITIONS).optional(),
    maxSessionDuration: duration.optional(),
    permissionsBoundaryArn: ruled(BOUNDARY_ARN).optional(),
    roleNamePrefix: ruled(ROLE_NAME_PREFIX).optional(),
    rolePath: ruled(ROLE_PATH).optional(),
    tags: z.record(z.string(), ruled(TAG_VALUE)).optional(),
    trustPolicyMaxLength: z.int().min(TRUST_POLICY_DEFAULT_QUOTA).max(TRUST_POLICY_MAX_QUOTA).optional(),
  }).optional(),
  permissionsBoundary: z.strictObject({
    mandatory: z.boolean(),
    allowed: z.array(ruled(BOUNDARY_ARN)).min(1).optional(),
  }).optional(),
  allowedHosts: z.array(databricksHost).min(1).optional(),
  allowedAccountIds: z.array(ruled(DATABRICKS_ACCOUNT_ID)).min(1).optional(),
  mandatoryTags: z.array(ruled(TAG_KEY)).min(1).max(MAX_TAGS).optional(),
  providerRange: ruled({ ...VERSION_RANGE, code: "profile-invalid" }).optional(),
});

/** What an organisation demands of its modules; every part optional. */
export type Profile = z.output<typeof profileSchema>;

/**
 * Reads a profile. Throws InputError with every problem, each with code, path, line and column: profile-invalid,
 * unknown-key, wrong-type, and the codes of the values (host-not-databricks, boundary-arn-invalid, tag-invalid, …).
 */
export function parseProfile(text: string, options: { readonly file?: string } = {}): Profile {
  const source = readYaml(text.replace(/^\ufeff/, ""));
  const file = options.file === undefined ? {} : { file: options.file };
  refuse(source.problems.map((problem) => ({ ...problem, ...file })));
  const { value, problems } = canonicalInput(source.value ?? {});
  const shaped = shape(profileSchema, value, [], source.typedAt);
  const found = [...problems, ...shaped.problems, ...(shaped.value === undefined ? [] : contradictions(shaped.value))];
  refuse(found.map((problem) => ({ ...problem, ...file, ...source.locate(parsePath(problem.path ?? ""), problem.code === "unknown-key" ? "key" : "value") })));
  if (shaped.value === undefined) throw new RangeError("a profile without problems is readable");
  return shaped.value;
}

function contradictions(profile: Profile): readonly Problem[] {
  const problems: Problem[] = [];
  const boundary = profile.defaults?.permissionsBoundaryArn;
  const allowed = profile.permissionsBoundary?.allowed;
  if (boundary !== undefined && allowed !== undefined && !allowed.includes(boundary)) {
    problems.push({ code: "profile-invalid", message: "The default permissions boundary is none of the allowed ones.", path: "defaults.permissionsBoundaryArn", fix: "Add it to permissionsBoundary.allowed, or change it." });
  }
  // a module without a name of its own keeps the one it has
  const names = Object.entries(MODULE_NAMES.shape).map(([name]) => profile.names?.[name as keyof typeof MODULE_NAMES.shape] ?? name);
  if (new Set(names).size < names.length) {
    problems.push({ code: "profile-invalid", message: "Two modules have the same name.", path: "names", fix: "Rename one." });
  }
  const { awsAccountId, awsPartition, tags = {} } = profile.defaults ?? {};
  if (boundary !== undefined) problems.push(...checkPolicyArn(boundary, "defaults.permissionsBoundaryArn", "boundary-arn-invalid", [{ partition: awsPartition ?? partitionOfArn(boundary), accountId: awsAccountId ?? null }]));
  problems.push(...checkTags(tags, {}, "defaults.tags"), ...mandatoryTagProblems(profile.mandatoryTags ?? []));
  return problems;
}

/** Without a default AWS is asked for the partition: then the ARN's own is as good as any. */
function partitionOfArn(arn: string): Partition {
  return PARTITIONS.find((partition) => partition === arn.split(":")[1]) ?? "aws";
}

/** As tags of a role: nobody could set two that differ only in case, or one that AWS keeps for itself. */
function mandatoryTagProblems(keys: readonly string[]): readonly Problem[] {
  return keys.flatMap((key, index): readonly Problem[] => {
    const path = `mandatoryTags[${index}]`;
    const own = checkTags({ [key]: "" }, {}, path).map((problem) => ({ ...problem, path }));
    const other = keys.slice(0, index).find((earlier) => earlier.toLowerCase() === key.toLowerCase());
    return other === undefined ? own : [...own, { code: "tag-collision", message: `The tags ${quoted(other)} and ${quoted(key)} differ at most in case; IAM takes one.`, path, fix: "Keep one." }];
  });
}
