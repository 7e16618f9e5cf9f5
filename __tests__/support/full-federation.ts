import type { FederationInput } from "../../src/federation";
import { ROLE_FIELDS } from "../../src/federation/fields/role";
import { samplesOf } from "./field-samples";

export const READER = "6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b";
export const WRITER = "1f0e9d8c-7b6a-4594-8372-615049382716";

/** One role keeps the name of its key. */
const { name: _, ...OTHER_ROLE_FIELDS } = ROLE_FIELDS;

/**
 * A federation with every feature a local AWS can hold. The managed policies must exist before roles are attached to
 * them: `existingPolicies`.
 */
export const fullFederation = {
  name: "full",
  aws: { accountId: "111122223333", partition: "aws", region: "eu-west-1" },
  issuers: {
    production: {
      level: "workspace",
      host: "mycompany.cloud.databricks.com",
      workspaceId: "1444828305810485",
      audiences: ["1444828305810485", "sts"],
    },
    company: { level: "account", accountId: "7d3c2b1a-0f5e-4c8d-9a6b-123456789012" },
    azure: { level: "workspace", host: "adb-1234567890123456.7.azuredatabricks.net", workspaceId: "1234567890123456" },
  },
  emailDomains: ["data.example.com"],
  identities: {
    "nightly-etl": { servicePrincipal: WRITER },
    team: { subject: "the team" },
    bob: { subject: "team bob" },
  },
  suspended: ["bob"],
  roles: {
    "lake-reader": {
      ...samplesOf(OTHER_ROLE_FIELDS),
      description: 'Reads ${lake} & café, 100%{if} "quoted"',
      trusts: [
        { issuer: "production", servicePrincipals: [READER, WRITER], audiences: ["sts"], allowTagSession: true },
        {
          issuer: "company",
          users: ["alice@example.com"],
          subjectPatterns: ["*@data.example.com"],
          wideSubjectPatterns: [{ pattern: "team-*", reason: "Every group of this name may read ${lake}." }],
          conditions: [{ test: "IpAddress", variable: "aws:SourceIp", values: ["203.0.113.0/24"] }],
        },
        { issuer: "azure", subjects: ["any <sub> & more"], identities: ["team", "bob"] },
        { unityCatalog: { externalIds: ["0b7e6f5a-1c2d-4e3f-9a8b-7c6d5e4f3a2b"] } },
      ],
      managedPolicyArns: {
        read: "arn:aws:iam::111122223333:policy/read-lake",
        list: "arn:aws:iam::111122223333:policy/list-lake",
      },
      inlinePolicies: {
        home: {
          Version: "2012-10-17",
          Statement: [{ Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::lake/${aws:username}/*" }],
        },
        "list.all": {
          Version: "2012-10-17",
          Statement: [
            {
              Effect: "Allow",
              Action: ["s3:ListBucket"],
              Resource: ["*"],
              Condition: { NumericLessThan: { "s3:max-keys": "10" }, Bool: { "aws:SecureTransport": "true" } },
            },
          ],
        },
      },
      maxSessionDuration: "90m",
      path: "/databricks/",
      permissionsBoundaryArn: "arn:aws:iam::111122223333:policy/boundary",
      tags: { team: "data", owner: "café / π" },
    },
    "a.b@c": { name: "existing-role-name", trusts: [{ issuer: "production", servicePrincipals: [READER] }] },
    storage: { trusts: [{ unityCatalog: { externalIds: ["0b7e6f5a-1c2d-4e3f-9a8b-7c6d5e4f3a2b"] } }] },
  },
  roleNamePrefix: "databricks-",
  tags: { "managed-by": "databricks-aws-oidc" },
  trustPolicyMaxLength: 4096,
} as const satisfies FederationInput;

/** Names of the managed policies that `fullFederation` takes for granted. */
export const EXISTING_POLICIES: readonly string[] = ["read-lake", "list-lake", "boundary"];

/** How many resources it makes: providers, roles, attachments, inline policies. */
export const FULL_RESOURCES = 3 + 3 + 2 + 5;
