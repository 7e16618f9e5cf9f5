/** The fields of a role. See CONTRIBUTING.md on adding one. */
import * as z from "zod";
import {
  ACCOUNT_KEY,
  BOUNDARY_ARN,
  DESCRIPTION,
  INLINE_POLICY_NAME,
  MAX_MANAGED_POLICIES,
  MAX_SESSION_SECONDS,
  MAX_TAGS,
  MIN_SESSION_SECONDS,
  MOMENT,
  POLICY_ARN,
  POLICY_KEY,
  REASON,
  ROLE_NAME,
  ROLE_PATH,
  TAG_KEY,
  TAG_VALUE,
} from "../rules";
import { SUBJECT } from "../../trust/rules";
import type { Places } from "./field";
import { field, optional } from "./field";
import { flag, moment, policies, policyArns, ruled, seconds, tags, text, texts } from "./kinds";
import { TRUST_FIELDS, trustSchema } from "./trust";

/** Findings of lint that are accepted: of the whole federation, or of a role. */
export const lint = optional(
  field(
    { is: "objects", fields: {} },
    { description: "Lint findings that are accepted, each with its reason.", inHcl: false },
    z.array(
      z.strictObject({
        ignore: z.string().meta({ description: "ID of a lint rule.", examples: ["subject-email"] }),
        reason: ruled(REASON).meta({ description: "Why this is meant." }),
      }),
    ),
    (entries): readonly { readonly ignore: string; readonly reason: string }[] => entries,
  ),
  [],
);

/** Of a federation, or of a role: who is out, and which sessions are refused. */
export const suspended = (description: string) => optional(texts(SUBJECT, { description }), []);

export const revokeSessionsBefore = (description: string) =>
  optional(moment(MOMENT, "moment-ahead", { description: `${description} In UTC, like ${MOMENT.example}.` }), null);

export const tagsField = (description: string, places: Places) =>
  optional(tags(TAG_KEY, TAG_VALUE, { count: MAX_TAGS, code: "too-many-tags" }, { description, ...places }), {});

export const ROLE_FIELDS = {
  name: optional(
    text(ROLE_NAME, { description: "IAM name of the role.", unset: "the prefix and the key", attribute: "name" }),
    null,
  ),
  description: optional(text(DESCRIPTION, { description: "What the role is for.", attribute: "description" }), null),
  accounts: optional(
    texts(ACCOUNT_KEY, {
      description: "Keys of the AWS accounts that get the role.",
      unset: "all",
      checkedLater: true,
      inHcl: false,
    }),
    null,
  ),
  path: optional(
    text(ROLE_PATH, { description: "IAM path of the role.", attribute: "path", inherits: "rolePath" }),
    "/",
  ),
  maxSessionDuration: optional(
    seconds(MIN_SESSION_SECONDS, MAX_SESSION_SECONDS, {
      description: "Longest session of the role.",
      attribute: "max_session_duration",
      inherits: "maxSessionDuration",
    }),
    MIN_SESSION_SECONDS,
  ),
  permissionsBoundaryArn: optional(
    text(BOUNDARY_ARN, {
      description: "ARN of the role's permissions boundary.",
      attribute: "permissions_boundary",
      inherits: "permissionsBoundaryArn",
    }),
    null,
  ),
  forceDetachPolicies: optional(
    flag({
      description: "Before the role is deleted, detach its policies, also those attached outside Terraform.",
      attribute: "force_detach_policies",
    }),
    false,
  ),
  trusts: field(
    { is: "objects", fields: TRUST_FIELDS },
    { description: "Who may assume the role; at least one." },
    z.array(trustSchema),
    (trusts) => trusts,
  ),
  managedPolicyArns: optional(
    policyArns(
      POLICY_KEY,
      POLICY_ARN,
      { count: MAX_MANAGED_POLICIES, code: "too-many-managed-policies" },
      { description: "ARNs of managed policies, by a key of your own." },
    ),
    {},
  ),
  inlinePolicies: optional(policies(INLINE_POLICY_NAME, { description: "Inline policies, by name." }), {}),
  suspended: suspended(
    "Identities, by name or subject, whom the role refuses in whatever case, also where a pattern matches them.",
  ),
  revokeSessionsBefore: revokeSessionsBefore(
    "The role's sessions issued before this moment are refused; of this and the federation's the later counts.",
  ),
  tags: tagsField("Tags of the role.", { attribute: "tags", joins: "tags" }),
  lint,
};
