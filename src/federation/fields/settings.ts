/** The top level of a federation file beside `aws`, `issuers` and `roles`. */
import {
  EMAIL_DOMAIN,
  SERVICE_PRINCIPAL,
  SUBJECT,
  TRUST_POLICY_DEFAULT_QUOTA,
  TRUST_POLICY_MAX_QUOTA,
  USER,
} from "../../trust/rules";
import {
  BOUNDARY_ARN,
  DEFAULT_SESSION_SECONDS,
  FEDERATION_NAME,
  IDENTITY_NAME,
  MAX_SESSION_SECONDS,
  MIN_SESSION_SECONDS,
  ROLE_NAME_PREFIX,
  ROLE_PATH,
} from "../rules";
import { optional } from "./field";
import { identities as identityKind, seconds, text, texts, wholeNumber } from "./kinds";
import { lint, revokeSessionsBefore, suspended, tagsField } from "./role";

/** Whom a name of `identities` stands for: one of these. */
export const IDENTITY_FIELDS = {
  servicePrincipal: optional(text(SERVICE_PRINCIPAL, { description: "Application ID of a service principal." }), null),
  user: optional(text(USER, { description: "Email address of a user." }), null),
  subject: optional(text(SUBJECT, { description: "Any other exact sub claim." }), null),
};

export const SETTING_FIELDS = {
  name: text(FEDERATION_NAME, {
    description: "Name of the federation: of its stack, and the first part of resource names.",
    inHcl: false,
  }),
  emailDomains: optional(
    texts(EMAIL_DOMAIN, {
      description: "Email domains of your own, which subject patterns may match; a domain includes its subdomains.",
    }),
    [],
  ),
  identities: optional(
    identityKind(IDENTITY_NAME, SERVICE_PRINCIPAL, IDENTITY_FIELDS, "identity-invalid", {
      description: "Service principals, users and subjects by a name of your own, which trusts use for them.",
    }),
    {},
  ),
  roleNamePrefix: optional(
    text(ROLE_NAME_PREFIX, { description: "Goes before the key of a role without a name of its own." }),
    "",
  ),
  rolePath: optional(text(ROLE_PATH, { description: "IAM path of roles without their own." }), "/"),
  permissionsBoundaryArn: optional(
    text(BOUNDARY_ARN, { description: "ARN of the permissions boundary of roles without their own." }),
    null,
  ),
  maxSessionDuration: optional(
    seconds(MIN_SESSION_SECONDS, MAX_SESSION_SECONDS, { description: "Longest session of roles without their own." }),
    DEFAULT_SESSION_SECONDS,
  ),
  trustPolicyMaxLength: optional(
    wholeNumber(TRUST_POLICY_DEFAULT_QUOTA, TRUST_POLICY_MAX_QUOTA, "trust-policy-max-length", {
      description:
        `IAM's quota for a trust policy in your account, in characters: ${TRUST_POLICY_DEFAULT_QUOTA}, ` +
        `unless AWS raised it (to ${TRUST_POLICY_MAX_QUOTA} at most).`,
    }),
    TRUST_POLICY_DEFAULT_QUOTA,
  ),
  suspended: suspended(
    "Identities, by name or subject, whom every role refuses in whatever case, also where a pattern matches them.",
  ),
  revokeSessionsBefore: revokeSessionsBefore("Sessions of every role issued before this moment are refused."),
  tags: tagsField("Tags of every resource; a role's own win.", {}),
  lint,
};
