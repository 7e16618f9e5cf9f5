/** The role to explain: one of a federation, or a trust policy by itself. Pure. */
import { inputError } from "../errors";
import { accountView, type AccountView, roleTrustPolicy } from "../federation/account-view";
import { findAccounts, findRole } from "../federation/find";
import type { Federation, FederationRole } from "../federation/model";
import { issuerPathOf, parseProviderArn, providerArn } from "../issuer/issuer";
import { readIssuerUrl } from "../issuer/read-url";
import type { WebIdentityProvider, WebIdentityRole } from "../sts/web-identity";
import type { KeySet } from "../sts/verify-signature";
import { roleArn, trustPolicyJson } from "../trust/build";
import { TRUST_POLICY_READ_LIMIT } from "../trust/rules";
import { compilePolicy } from "../trust/decide/decide";
import { type PolicyDocument, readPolicy } from "../trust/decide/document";
import { repeatedMember } from "../trust/decide/repeated-member";
import { asRecord, parsedJson } from "../text/members";
import { percentDecoded } from "../text/escape";

export interface RoleInQuestion {
  readonly providers: readonly WebIdentityProvider[];
  readonly role: WebIdentityRole;
  /** What to call the role in text. */
  readonly name: string;
}

/**
 * The role `key` of a federation, in the AWS account `account` (its key) where there are several.
 * Throws InputError: role-not-found, account-not-found.
 */
export function roleOfFederation(
  federation: Federation,
  key: string,
  account: string | undefined,
  keys: KeySet | null,
): RoleInQuestion {
  const role = findRole(federation, key);
  const [found] = findAccounts(federation, role, account);
  if (found === undefined) throw new RangeError("findAccounts gives one account or more");
  const view = accountView(federation, found);
  return { providers: providersOf(view, keys), role: webIdentityRole(role, view), name: role.key };
}

/** The providers of an account, as STS knows them. */
export function providersOf(view: AccountView, keys: KeySet | null): readonly WebIdentityProvider[] {
  return view.providers.map(({ issuer, arn }) => ({ arn, issuer: issuer.issuer, clientIds: issuer.audiences, keys }));
}

/** The trust policy of a role of the federation, parsed. */
export function readTrustPolicy(role: FederationRole, view: AccountView): PolicyDocument {
  const read = readPolicy(trustPolicyJson(roleTrustPolicy(role, view)));
  if (!read.ok) throw new RangeError(`a generated trust policy is invalid: ${read.why}`);
  return read.policy;
}

/** A role of the federation as STS knows it. */
export function webIdentityRole(role: FederationRole, view: AccountView): WebIdentityRole {
  return {
    arn: roleArn({ partition: view.account.partition, accountId: view.accountId }, role),
    trust: compilePolicy(readTrustPolicy(role, view)),
    maxSessionDuration: role.maxSessionDuration,
  };
}

/**
 * A trust policy by itself. Without `roleArn` its account is read from the policy's own principals.
 * Throws InputError: trust-policy-unreadable, and the codes of `readIssuerUrl`.
 */
export function roleOfPolicy(
  policyText: string,
  input: { readonly providerUrl: string; readonly clientIds: readonly string[]; readonly roleArn: string | undefined },
  keys: KeySet | null,
): RoleInQuestion {
  // room for what aws iam get-role puts around it, percent-encoded
  const read =
    policyText.length > 3 * TRUST_POLICY_READ_LIMIT
      ? { ok: false as const, why: `it has ${policyText.length} characters` }
      : readPolicy(unwrapped(percentDecoded(policyText)));
  if (!read.ok) {
    throw inputError(
      "trust-policy-unreadable",
      `The policy cannot be read: ${read.why}.`,
      "Give the trust policy's JSON, as aws iam get-role shows it under AssumeRolePolicyDocument.",
      "policy",
    );
  }
  // the URL as registered: a trailing slash in it is what explain is to find
  const registered = /^https:\/\//.test(input.providerUrl) ? input.providerUrl : `https://${input.providerUrl}`;
  readIssuerUrl(registered, { allowCustomHost: true });
  const principals = read.policy.statements.flatMap((statement) => statement.principals?.["Federated"] ?? []);
  const own = principals.find((arn) => parseProviderArn(arn)?.issuerPath === issuerPathOf(registered));
  const [, partition = "aws", , , account = "000000000000"] = (input.roleArn ?? own ?? principals[0] ?? "").split(":");
  return {
    providers: [
      {
        arn: own ?? providerArn(partition, account, issuerPathOf(registered)),
        issuer: registered,
        clientIds: input.clientIds,
        keys,
      },
    ],
    role: {
      arn: input.roleArn ?? `arn:${partition}:iam::${account}:role/role`,
      trust: compilePolicy(read.policy),
      maxSessionDuration: 43_200,
    },
    name: input.roleArn ?? "the role",
  };
}

/** `aws iam get-role` wraps the policy; both forms are taken. */
function unwrapped(text: string): unknown {
  const value = parsedJson(text);
  if (value === undefined || repeatedMember(text, value) !== undefined) return text; // reported by readPolicy
  const role = asRecord(value)?.["Role"] ?? value;
  const inner = asRecord(role)?.["AssumeRolePolicyDocument"] ?? value;
  return typeof inner === "string" ? percentDecoded(inner) : inner;
}
