/** Why something that exists in AWS is not in the federation file: a closed list. Pure. */

/** Each reason with what it says of a place. */
export const REASONS = {
  // of a trust policy
  "trust-unreadable": "The trust policy is not a valid policy.",
  "deny-statement": "The only Deny of a federation file is the one for suspended identities.",
  "negated-element": "A federation file cannot express NotPrincipal, NotAction or Resource.",
  "open-principal": "A wildcard principal lets in callers without a token of an issuer.",
  "other-principal": "A federation file trusts Databricks issuers and Unity Catalog only.",
  "deleted-principal": "The principal is the ID of a user or role that was deleted.",
  "several-providers": "A trust of a federation file names one provider.",
  "provider-other-account": "The provider is of another AWS account; it lets no one in.",
  "provider-left": "The provider is not in the federation file, for the reason given there.",
  "other-action": "A trust allows AssumeRoleWithWebIdentity and, if requested, TagSession, and nothing else.",
  "no-audience": "The statement checks no audience.",
  "no-subject": "The statement names no subject: every identity of the issuer gets in.",
  "guard-operator": "Audience and subject are compared by StringEquals, the subject also by StringLike.",
  "open-pattern": "The pattern lets in identities that no one named.",
  "unity-catalog-incomplete": "Unity Catalog needs a statement for its own role and one for the role itself.",
  "trust-differs": "Trusts of a federation file would allow other requests.",
  // of anything
  "not-allowed": "A federation file does not allow this value.",
  "no-issuer": "A federation file needs at least one issuer, and no provider of this account can be in it.",
  cloudformation: "CloudFormation manages it: two tools would undo each other's changes.",
  // of a provider
  "discovery-url": "It is registered by its discovery URL; no token names that as its issuer.",
  "trailing-slash": "It is registered with a trailing slash; no token of Databricks names such an issuer.",
  "look-alike": "The host resembles one of Databricks and is not: whoever owns it signs the tokens.",
  "account-agnostic": "The issuer is shared by every Databricks customer.",
  "issuer-form": "It is not an issuer of the form that Databricks uses.",
  "custom-host": "Nothing shows that this host is a Databricks workspace: it registers no workspace ID.",
  "no-registered-audience": "The provider registers no audience, so AWS accepts none of its tokens.",
  "workspace-id-unknown": "Neither the host nor an audience contains the workspace ID.",
  "provider-gone": "The provider does not exist: it lets no one in until it is registered again.",
  "audiences-unknown": "None of the documents says which audiences the provider registers.",
  "provider-tags": "A federation file gives all its resources the same tags, and the provider has others.",
  // of a policy of a role
  "policy-not-allowed": "A federation file does not allow this policy.",
} as const satisfies Readonly<Record<string, string>>;

export type Reason = keyof typeof REASONS;

/** One thing that keeps a role, a provider or a policy out of the file. */
export interface Fault {
  readonly reason: Reason;
  /** Below the role or provider, e.g. `Statement[1].Condition.StringLike`; "" for the whole. */
  readonly place: string;
  /** What is there, in words; "" where the reason says it all. */
  readonly detail: string;
}

export function fault(reason: Reason, place = "", detail = ""): Fault {
  return { reason, place, detail };
}
