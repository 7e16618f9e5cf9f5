/** What a generator profile may hold: its shape, and the rule of each value. */
import * as z from "zod";
import { secondsOf } from "../federation/time";
import {
  BOUNDARY_ARN,
  MAX_SESSION_SECONDS,
  MAX_TAGS,
  MIN_SESSION_SECONDS,
  ROLE_NAME_PREFIX,
  ROLE_PATH,
  TAG_KEY,
  TAG_VALUE,
} from "../federation/rules";
import { checkHost } from "../issuer/issuer";
import { AWS_ACCOUNT_ID, DATABRICKS_ACCOUNT_ID, PARTITIONS } from "../issuer/rules";
import type { TextRule } from "../text/text-rule";
import { violation, textRule } from "../text/text-rule";
import { anyOf, DIGITS, LOWERCASE_LETTERS } from "../text/form";
import { TRUST_POLICY_DEFAULT_QUOTA, TRUST_POLICY_MAX_QUOTA } from "../trust/rules";
import { VERSION_RANGE } from "./version-range";

const MODULE_NAME = textRule({
  code: "profile-invalid",
  form: {
    characters: anyOf(LOWERCASE_LETTERS, DIGITS, "-"),
    min: 2,
    max: 63,
    first: LOWERCASE_LETTERS,
    last: anyOf(LOWERCASE_LETTERS, DIGITS),
  },
  says: "a module name of 2 to 63 lowercase letters, digits and -, starting with a letter, without - at the end",
  example: "acme-databricks-workspace",
});

function ruled(rule: TextRule): z.ZodString {
  return z.string().superRefine((value, context) => {
    const problem = violation(rule, value, "");
    if (problem !== undefined)
      context.addIssue({ code: "custom", message: problem.message, params: { code: problem.code, fix: problem.fix } });
  }) as z.ZodString;
}

const duration = z.union([z.string(), z.number()]).transform((value, context) => {
  const seconds = secondsOf(value);
  if (seconds !== null && seconds >= MIN_SESSION_SECONDS && seconds <= MAX_SESSION_SECONDS) return seconds;
  context.addIssue({
    code: "custom",
    message: `${JSON.stringify(value)} is not a session of 1 to 12 hours.`,
    params: { code: "duration-out-of-range", fix: "Write 1h to 12h." },
  });
  return z.NEVER;
});

const databricksHost = z.string().superRefine((value, context) => {
  for (const problem of checkHost(value, "", false))
    context.addIssue({ code: "custom", message: problem.message, params: { code: problem.code, fix: problem.fix } });
});

export const profileSchema = z.strictObject({
  names: z
    .strictObject({
      "databricks-account-oidc": ruled(MODULE_NAME).optional(),
      "databricks-federated-role": ruled(MODULE_NAME).optional(),
      "databricks-federation": ruled(MODULE_NAME).optional(),
      "databricks-workspace-oidc": ruled(MODULE_NAME).optional(),
    })
    .optional(),
  defaults: z
    .strictObject({
      awsAccountId: ruled(AWS_ACCOUNT_ID).optional(),
      awsPartition: z.enum(PARTITIONS).optional(),
      maxSessionDuration: duration.optional(),
      permissionsBoundaryArn: ruled(BOUNDARY_ARN).optional(),
      roleNamePrefix: ruled(ROLE_NAME_PREFIX).optional(),
      rolePath: ruled(ROLE_PATH).optional(),
      tags: z.record(z.string(), ruled(TAG_VALUE)).optional(),
      trustPolicyMaxLength: z.int().min(TRUST_POLICY_DEFAULT_QUOTA).max(TRUST_POLICY_MAX_QUOTA).optional(),
    })
    .optional(),
  permissionsBoundary: z
    .strictObject({
      mandatory: z.boolean(),
      allowed: z.array(ruled(BOUNDARY_ARN)).min(1).optional(),
    })
    .optional(),
  allowedHosts: z.array(databricksHost).min(1).optional(),
  allowedAccountIds: z.array(ruled(DATABRICKS_ACCOUNT_ID)).min(1).optional(),
  mandatoryTags: z.array(ruled(TAG_KEY)).min(1).max(MAX_TAGS).optional(),
  providerRange: ruled({ ...VERSION_RANGE, code: "profile-invalid" }).optional(),
});

/** What an organization demands of its modules; every part optional. */
export type Profile = z.output<typeof profileSchema>;
