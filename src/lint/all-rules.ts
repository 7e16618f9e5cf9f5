/** Every rule, in the order of the page docs/lint-rules.md. A rule is one file, named as the rule. */
import type { LintRule } from "./rule";
import { policyMalformed } from "./rules/policy-malformed";
import { principalNotOidcProvider } from "./rules/principal-not-oidc-provider";
import { principalWildcard } from "./rules/principal-wildcard";
import { notPrincipal } from "./rules/not-principal";
import { noRoomToSuspend } from "./rules/no-room-to-suspend";
import { notAction } from "./rules/not-action";
import { resourceElement } from "./rules/resource-element";
import { actionNotWebIdentity } from "./rules/action-not-web-identity";
import { providerOtherAccount } from "./rules/provider-other-account";
import { severalProviders } from "./rules/several-providers";
import { policyOverDefaultQuota } from "./rules/policy-over-default-quota";
import { policyTooLong } from "./rules/policy-too-long";
import { issuerNotHttps } from "./rules/issuer-not-https";
import { issuerPort } from "./rules/issuer-port";
import { issuerQuery } from "./rules/issuer-query";
import { issuerFragment } from "./rules/issuer-fragment";
import { issuerUserInfo } from "./rules/issuer-user-info";
import { issuerTrailingSlash } from "./rules/issuer-trailing-slash";
import { issuerDiscoveryUrl } from "./rules/issuer-discovery-url";
import { issuerUpperCase } from "./rules/issuer-upper-case";
import { issuerOddCharacter } from "./rules/issuer-odd-character";
import { issuerTooLong } from "./rules/issuer-too-long";
import { issuerLookAlike } from "./rules/issuer-look-alike";
import { issuerAccountAgnostic } from "./rules/issuer-account-agnostic";
import { conditionKeyOtherIssuer } from "./rules/condition-key-other-issuer";
import { audienceMissing } from "./rules/audience-missing";
import { audienceNotRegistered } from "./rules/audience-not-registered";
import { audienceWildcard } from "./rules/audience-wildcard";
import { audienceSts } from "./rules/audience-sts";
import { subjectMissing } from "./rules/subject-missing";
import { subjectOnlyWildcards } from "./rules/subject-only-wildcards";
import { subjectOutsider } from "./rules/subject-outsider";
import { subjectLiteralWildcard } from "./rules/subject-literal-wildcard";
import { subjectWildcard } from "./rules/subject-wildcard";
import { subjectPatternNoDelimiter } from "./rules/subject-pattern-no-delimiter";
import { subjectUnlikely } from "./rules/subject-unlikely";
import { suspendedUnmatched } from "./rules/suspended-unmatched";
import { emailDomainPublic } from "./rules/email-domain-public";
import { subjectWidePattern } from "./rules/subject-wide-pattern";
import { subjectEmail } from "./rules/subject-email";
import { subjectMany } from "./rules/subject-many";
import { guardForAllValues } from "./rules/guard-for-all-values";
import { guardIfExists } from "./rules/guard-if-exists";
import { guardNegated } from "./rules/guard-negated";
import { guardNull } from "./rules/guard-null";
import { guardNotText } from "./rules/guard-not-text";
import { guardPolicyVariable } from "./rules/guard-policy-variable";
import { operatorUnknown } from "./rules/operator-unknown";
import { conditionValueUnreadable } from "./rules/condition-value-unreadable";
import { conditionEmpty } from "./rules/condition-empty";
import { subjectIgnoreCase } from "./rules/subject-ignore-case";
import { stringLikeNoWildcard } from "./rules/string-like-no-wildcard";
import { conditionKeyAbsent } from "./rules/condition-key-absent";
import { conditionNoProtection } from "./rules/condition-no-protection";
import { widerAllow } from "./rules/wider-allow";
import { principalsMixed } from "./rules/principals-mixed";
import { sessionLong } from "./rules/session-long";
import { sessionLongUsers } from "./rules/session-long-users";
import { externalIdMissing } from "./rules/external-id-missing";
import { sessionRenewsItself } from "./rules/session-renews-itself";
import { adminWithoutBoundary } from "./rules/admin-without-boundary";
import { networkNeverTrue } from "./rules/network-never-true";
import { providerNotInPlan } from "./rules/provider-not-in-plan";
import { providerDeleted } from "./rules/provider-deleted";
import { externalIdPlaceholder } from "./rules/external-id-placeholder";
import { inputAttributeUnknown } from "./rules/input-attribute-unknown";
import { trustUnknownByDependsOn } from "./rules/trust-unknown-by-depends-on";
import { addressRenamed } from "./rules/address-renamed";
import { ignoreUnknown } from "./rules/ignore-unknown";
import { ignoreUnused } from "./rules/ignore-unused";

/** Group title -> its rules. */
export const RULE_GROUPS: Readonly<Record<string, readonly LintRule[]>> = {
  Structure: [
    policyMalformed,
    principalNotOidcProvider,
    principalWildcard,
    notPrincipal,
    notAction,
    resourceElement,
    actionNotWebIdentity,
    providerOtherAccount,
    severalProviders,
    policyOverDefaultQuota,
    policyTooLong,
  ],
  Issuer: [
    issuerNotHttps,
    issuerPort,
    issuerQuery,
    issuerFragment,
    issuerUserInfo,
    issuerTrailingSlash,
    issuerDiscoveryUrl,
    issuerUpperCase,
    issuerOddCharacter,
    issuerTooLong,
    issuerAccountAgnostic,
    issuerLookAlike,
    conditionKeyOtherIssuer,
  ],
  Audience: [audienceMissing, audienceNotRegistered, audienceWildcard, audienceSts],
  Subject: [
    subjectMissing,
    subjectOnlyWildcards,
    subjectOutsider,
    emailDomainPublic,
    suspendedUnmatched,
    subjectWidePattern,
    subjectLiteralWildcard,
    subjectWildcard,
    subjectPatternNoDelimiter,
    subjectUnlikely,
    subjectEmail,
    subjectMany,
    noRoomToSuspend,
  ],
  Operators: [
    guardForAllValues,
    guardIfExists,
    guardNegated,
    guardNull,
    guardNotText,
    guardPolicyVariable,
    operatorUnknown,
    conditionValueUnreadable,
    conditionEmpty,
    subjectIgnoreCase,
    stringLikeNoWildcard,
    conditionKeyAbsent,
    conditionNoProtection,
  ],
  "Whole role": [
    externalIdMissing,
    widerAllow,
    principalsMixed,
    sessionLong,
    sessionLongUsers,
    sessionRenewsItself,
    adminWithoutBoundary,
    networkNeverTrue,
    externalIdPlaceholder,
    providerNotInPlan,
    providerDeleted,
  ],
  Plan: [inputAttributeUnknown, trustUnknownByDependsOn, addressRenamed],
  Suppressions: [ignoreUnknown, ignoreUnused],
};

/**
 * Every rule, in the order of docs/lint-rules.md.
 *
 * @example
 * ```ts
 * import { LINT_RULES } from "databricks-aws-oidc";
 * const errors = LINT_RULES.filter(({ severity }) => severity === "error").map(({ id }) => id);
 * ```
 */
export const LINT_RULES: readonly LintRule[] = Object.values(RULE_GROUPS).flat();
