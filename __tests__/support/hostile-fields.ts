/** Every place of a federation file that takes text, and hostile texts to put there. */
import fc from "fast-check";
import { InputError } from "../../src/errors";
import type { FederationInput } from "../../src/federation";
import { readFederation } from "../../src/federation";
import { ROLE_FIELDS } from "../../src/federation/fields/role";
import type { Federation } from "../../src/federation/model";
import { textFields } from "./field-samples";
import { hostileLatin, hostileText } from "./hostile-text";

export const SEED = 20_251_124;
const READER = "6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b";
const ISSUER = { level: "workspace", host: "mycompany.cloud.databricks.com", workspaceId: "1444828305810485" } as const;
const TRUST = { issuer: "production", servicePrincipals: [READER] };
const ROLE = { trusts: [TRUST] };
const policy = (resource: string) => ({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: ["s3:*"], Resource: [resource] }],
});

/** A federation file with a text in one place. */
export type Put = (text: string) => unknown;
const federation = (more: object): object => ({
  name: "lakehouse",
  aws: { accountId: "111122223333" },
  issuers: { production: ISSUER },
  roles: { reader: ROLE },
  ...more,
});
const role = (more: object): object => federation({ roles: { reader: { ...ROLE, ...more } } });
const trust = (more: object): object => role({ trusts: [{ ...TRUST, ...more }] });
const backend = (more: object): object =>
  federation({
    aws: {
      accountId: "111122223333",
      backend: { type: "s3", bucket: "mycompany-state", key: "k", region: "us-east-1", ...more },
    },
  });

/** Field -> how a text gets there. */
export const FIELDS: Readonly<Record<string, Put>> = {
  name: (text) => federation({ name: text }),
  "aws.accountId": (text) => federation({ aws: { accountId: text } }),
  "aws.region": (text) => federation({ aws: { accountId: "111122223333", region: text } }),
  "aws.assumeRoleArn": (text) =>
    federation({ aws: { accountId: "111122223333", assumeRoleArn: `arn:aws:iam::111122223333:role/${text}` } }),
  "aws.accounts key": (text) => federation({ aws: { accounts: { [text]: { accountId: "111122223333" } } } }),
  "aws.backend.path": (text) =>
    federation({ aws: { accountId: "111122223333", backend: { type: "local", path: text } } }),
  "aws.backend.bucket": (text) => backend({ bucket: text }),
  "aws.backend.key": (text) => backend({ key: text }),
  "aws.backend.region": (text) => backend({ region: text }),
  "aws.backend.kmsKeyId": (text) => backend({ kmsKeyId: text }),
  "aws.backend.profile": (text) => backend({ profile: text }),
  "aws.backend.dynamodbTable": (text) => backend({ dynamodbTable: text }),
  "issuers key": (text) =>
    federation({ issuers: { [text]: ISSUER }, roles: { reader: { trusts: [{ ...TRUST, issuer: text }] } } }),
  "issuers.host": (text) =>
    federation({ issuers: { production: { ...ISSUER, host: `${text}.cloud.databricks.com` } } }),
  "issuers.workspaceId": (text) => federation({ issuers: { production: { ...ISSUER, workspaceId: text } } }),
  "issuers.accountId": (text) => federation({ issuers: { production: { level: "account", accountId: text } } }),
  "issuers.accountsHost": (text) =>
    federation({
      issuers: {
        production: {
          level: "account",
          accountId: "7d3c2b1a-0f5e-4c8d-9a6b-123456789012",
          accountsHost: `${text}.cloud.databricks.com`,
        },
      },
    }),
  "issuers.custom host": (text) =>
    federation({ issuers: { production: { ...ISSUER, host: `${text}.example.com`, allowCustomHost: true } } }),
  "issuers.audiences": (text) => federation({ issuers: { production: { ...ISSUER, audiences: [text] } } }),
  "issuers.existingProviderArn": (text) =>
    federation({ issuers: { production: { ...ISSUER, existingProviderArn: text } } }),
  "roles key": (text) => federation({ roles: { [text]: ROLE } }),
  ...Object.fromEntries(
    textFields(ROLE_FIELDS).map((name) => [`roles.${name}`, (text: string) => role({ [name]: text })]),
  ),
  "roles.path": (text) => role({ path: `/${text}/` }),
  "roles.permissionsBoundaryArn": (text) =>
    role({ permissionsBoundaryArn: `arn:aws:iam::111122223333:policy/${text}` }),
  "roles.managedPolicyArns key": (text) =>
    role({ managedPolicyArns: { [text]: "arn:aws:iam::111122223333:policy/read" } }),
  "roles.managedPolicyArns": (text) =>
    role({ managedPolicyArns: { read: `arn:aws:iam::111122223333:policy/${text}` } }),
  "roles.inlinePolicies key": (text) => role({ inlinePolicies: { [text]: policy("*") } }),
  "roles.inlinePolicies value": (text) => role({ inlinePolicies: { list: policy(text) } }),
  "roles.inlinePolicies member": (text) =>
    role({
      inlinePolicies: {
        list: {
          ...policy("*"),
          Statement: [{ ...policy("*").Statement[0], Condition: { StringEquals: { [text]: "x" } } }],
        },
      },
    }),
  "roles.tags key": (text) => role({ tags: { [text]: "x" } }),
  "roles.tags value": (text) => role({ tags: { team: text } }),
  "roles.accounts": (text) =>
    federation({
      aws: { accounts: { [text]: { accountId: "111122223333" } } },
      roles: { reader: { ...ROLE, accounts: [text] } },
    }),
  "roles.lint.reason": (text) => role({ lint: [{ ignore: "subject-email", reason: text }] }),
  "trusts.audiences": (text) =>
    federation({
      issuers: { production: { ...ISSUER, audiences: [ISSUER.workspaceId, text] } },
      roles: { reader: { trusts: [{ ...TRUST, audiences: [text] }] } },
    }),
  "trusts.servicePrincipals": (text) => trust({ servicePrincipals: [text] }),
  "trusts.users": (text) => trust({ users: [`${text}@example.com`] }),
  "trusts.subjects": (text) => trust({ subjects: [text] }),
  "trusts.subjectPatterns": (text) => trust({ subjectPatterns: [`${text}*@data.example.com`] }),
  "trusts.wideSubjectPatterns.pattern": (text) =>
    trust({ wideSubjectPatterns: [{ pattern: `${text}*`, reason: "Everyone whom it matches is meant." }] }),
  "trusts.wideSubjectPatterns.reason": (text) => trust({ wideSubjectPatterns: [{ pattern: "team-*", reason: text }] }),
  emailDomains: (text) => federation({ emailDomains: [`${text}.example.com`] }),
  "trusts.conditions.test": (text) => trust({ conditions: [{ test: text, variable: "aws:SourceIp", values: ["x"] }] }),
  "trusts.conditions.variable": (text) =>
    trust({ conditions: [{ test: "StringEquals", variable: `aws:${text}`, values: ["x"] }] }),
  "trusts.conditions.values": (text) =>
    trust({ conditions: [{ test: "StringEquals", variable: "aws:SourceIp", values: [text] }] }),
  "trusts.unityCatalog.externalIds": (text) => role({ trusts: [{ unityCatalog: { externalIds: [text] } }] }),
  permissionsBoundaryArn: (text) => federation({ permissionsBoundaryArn: `arn:aws:iam::111122223333:policy/${text}` }),
  "tags key": (text) => federation({ tags: { [text]: "x" } }),
  "tags value": (text) => federation({ tags: { team: text } }),
  roleNamePrefix: (text) => federation({ roleNamePrefix: text }),
  rolePath: (text) => federation({ rolePath: `/${text}/` }),
};

const TEXTS_A_FIELD = 300;

/** 300 texts, most of them printable: those pass most rules. The same for the same seed. */
export const hostileTexts = (seed: number): readonly string[] => [
  ...fc.sample(hostileLatin, { numRuns: TEXTS_A_FIELD * 0.7, seed }),
  ...fc.sample(hostileText, { numRuns: TEXTS_A_FIELD * 0.3, seed }),
];

/** The federation with `text` put in, or undefined where it is refused: with codes, and nothing but codes. */
export function readOrRefused(put: Put, text: string): Federation | undefined {
  try {
    return readFederation(put(text) as FederationInput).federation;
  } catch (error) {
    expect(error).toBeInstanceOf(InputError);
    return undefined;
  }
}
