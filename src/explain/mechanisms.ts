/**
 * How Databricks reaches AWS: four mechanisms, and which feature uses which. Data, for `explain --mechanisms` and
 * docs/unity-catalog.md.
 */
import { markdownTable } from "../text/table";

/** What it rests on, as everywhere in this project's pages. */
export type Mark = "seen" | "once" | "expected" | "unknown";

export interface Mechanism {
  readonly id: "web-identity" | "service-credential" | "storage-credential" | "instance-profile";
  readonly name: string;
  /** The Databricks features that use it. */
  readonly features: readonly string[];
  /** Who calls AWS, and with which action. */
  readonly caller: string;
  /** The principal that the role's trust policy names. */
  readonly principal: string;
  /** What has to be set up. */
  readonly needs: string;
  /** Where it works and where not. */
  readonly works: string;
  /** Who is seen in CloudTrail. */
  readonly seenAs: string;
  readonly choose: string;
  /** How the federation file says it. */
  readonly federation: string;
  readonly mark: Mark;
}

export const MECHANISMS: readonly Mechanism[] = [
  {
    id: "web-identity",
    name: "web identity",
    features: [
      "code with an OAuth token: notebooks, jobs, Databricks Apps, laptops, CI",
      "the files of generate client",
      "credentials",
    ],
    caller: "the code itself: sts:AssumeRoleWithWebIdentity with a Databricks token",
    principal: "the OIDC provider of the issuer",
    needs: "the issuer registered in IAM, a trust that names aud and sub",
    works:
      "wherever a token can be obtained: Databricks on AWS, Azure and GCP, and outside Databricks; not Spark's own " +
      "readers",
    seenAs: "the Databricks identity: session name and sub",
    choose: "the identity must appear in CloudTrail; Apps, CLI, laptops, CI; Databricks on Azure or GCP",
    federation: "trusts: [{ issuer: …, servicePrincipals: […] }]",
    mark: "expected",
  },
  {
    id: "service-credential",
    name: "Unity Catalog service credential",
    features: [
      "boto3 in notebooks and jobs: dbutils.credentials.getServiceCredentialsProvider",
      "Python UDFs that name it",
      "any caller of the API temporary-service-credentials: Databricks Apps, serverless compute, CI, laptops",
    ],
    caller: "Databricks' own role: sts:AssumeRole with an external ID",
    principal: "Databricks' Unity Catalog role of the cloud, and the role itself",
    needs: "a service credential in Unity Catalog, its external ID in the trust, ACCESS granted to who may use it",
    works:
      "Databricks on AWS: by dbutils on Databricks Runtime 16.2 and later (Python, Scala), not on SQL " +
      "warehouses; by the " +
      "API also outside compute, for a principal with ACCESS on the credential",
    seenAs: "Databricks' role; who used it is in Databricks' audit log",
    choose:
      "a grant in Unity Catalog is enough, in or outside Databricks on AWS: it is the simpler choice, and the " +
      "one that " +
      "Databricks documents",
    federation: "trusts: [{ unityCatalog: { externalIds: […], cloud: aws } }]",
    mark: "seen",
  },
  {
    id: "storage-credential",
    name: "Unity Catalog storage credential",
    features: [
      "external locations, external tables and volumes",
      "managed storage of catalogs",
      "Spark and SQL over s3:// paths below an external location",
    ],
    caller: "Databricks' own role: sts:AssumeRole with an external ID",
    principal: "Databricks' Unity Catalog role of the cloud, and the role itself",
    needs: "a storage credential in Unity Catalog, its external ID in the trust, an external location, grants on it",
    works:
      "Databricks on AWS: clusters in standard and dedicated access mode, SQL warehouses, serverless compute; " +
      "Databricks " +
      "on GCP reads S3 with one too",
    seenAs: "Databricks' role; who used it is in Databricks' audit log",
    choose: "tables and files in S3, for Spark and SQL",
    federation: "trusts: [{ unityCatalog: { externalIds: […], cloud: aws } }]",
    mark: "seen",
  },
  {
    id: "instance-profile",
    name: "instance profile",
    features: ["clusters that carry one, for everyone on them", "SQL warehouses outside Unity Catalog"],
    caller: "the EC2 instance, by its metadata service",
    principal: "ec2.amazonaws.com",
    needs:
      "a role with an instance profile, iam:PassRole for Databricks' deployment role, the profile registered in " +
      "the workspace",
    works: "classic compute of Databricks on AWS; no serverless compute, no Apps",
    seenAs: "the instance: not which person or job",
    choose: "what cannot be moved to one of the others yet",
    federation: "not made by this project",
    mark: "seen",
  },
];

/** A Databricks feature, or a place outside, from which AWS is to be reached. */
export interface Feature {
  readonly name: string;
  /** What Databricks itself documents. */
  readonly documented: string;
  /** What is expected to work, and documented by no one. */
  readonly expected: string;
  readonly take: string;
}

const CATALOG_API = "a service credential, by the API (credentials --via unity-catalog)";
const WEB_IDENTITY = "web identity, with a token of the workspace or account";
const IDENTITY_IN_AWS = "web identity if AWS must see the identity";

export const FEATURES: readonly Feature[] = [
  {
    name: "notebooks and jobs on Unity Catalog compute",
    documented: "a service credential, by dbutils.credentials (16.2 and later) or by the API",
    expected: "web identity, with the ambient token exchanged",
    take: `the service credential; ${IDENTITY_IN_AWS}`,
  },
  {
    name: "notebooks and jobs on older or other compute",
    documented: CATALOG_API,
    expected: "web identity, with the ambient token exchanged",
    take: `the service credential by the API; ${IDENTITY_IN_AWS}`,
  },
  {
    name: "Spark and SQL on s3://, tables, volumes",
    documented: "a storage credential and an external location",
    expected: "nothing else",
    take: "the storage credential",
  },
  {
    name: "SQL warehouses",
    documented: "a storage credential and an external location; no service credential",
    expected: "nothing else",
    take: "the storage credential",
  },
  {
    name: "Databricks Apps",
    documented: CATALOG_API,
    expected: `${WEB_IDENTITY}, by the app's injected client`,
    take: `the service credential; ${IDENTITY_IN_AWS}, or where the app runs on Azure or GCP`,
  },
  {
    name: "laptops",
    documented: CATALOG_API,
    expected: `${WEB_IDENTITY}, by databricks auth login`,
    take: `the service credential; ${IDENTITY_IN_AWS}`,
  },
  {
    name: "CI: GitHub Actions, Azure Pipelines",
    documented: `workload identity federation to Databricks, then ${CATALOG_API}`,
    expected: "web identity, with the exchanged token",
    take: `the service credential; ${IDENTITY_IN_AWS}; without Databricks, AWS' own trust in the CI system`,
  },
  {
    name: "Databricks on Azure or GCP",
    documented: "on GCP a storage credential reads S3; no service credential for AWS",
    expected: WEB_IDENTITY,
    take: "web identity",
  },
  {
    name: "workloads in AWS that call Databricks",
    documented: "sts:GetWebIdentityToken and workload identity federation (token --from aws)",
    expected: "nothing else without a secret",
    take: "token --from aws",
  },
];

const FEATURE_FIELDS: readonly (readonly [keyof Feature, string])[] = [
  ["documented", "documented by Databricks"],
  ["expected", "expected"],
  ["take", "take"],
];

/** In Markdown: a row a feature. */
export function featuresTable(): string {
  return markdownTable(
    ["from", ...FEATURE_FIELDS.map(([, label]) => label)],
    FEATURES.map((feature) => [feature.name, ...FEATURE_FIELDS.map(([field]) => feature[field])]),
  );
}

const FIELDS: readonly (readonly [keyof Mechanism, string])[] = [
  ["features", "used by"],
  ["caller", "who calls AWS"],
  ["principal", "trusted principal"],
  ["needs", "needs"],
  ["works", "works"],
  ["seenAs", "seen in CloudTrail"],
  ["choose", "choose it when"],
  ["federation", "federation"],
  ["mark", "known"],
];

/** Both tables, for a terminal. */
export function mechanismsText(): string {
  const width = Math.max(...FIELDS.map(([, label]) => label.length));
  const mechanisms = MECHANISMS.map((mechanism) =>
    [mechanism.name, ...FIELDS.map(([field, label]) => `  ${label.padEnd(width)}  ${textOf(mechanism[field])}`)].join(
      "\n",
    ),
  );
  const features = FEATURES.map((feature) =>
    [
      `from ${feature.name}`,
      ...FEATURE_FIELDS.map(([field, label]) => `  ${label.padEnd(24)}  ${feature[field]}`),
    ].join("\n"),
  );
  return [...mechanisms, ...features].join("\n\n");
}

/** The same in Markdown: a row a mechanism. */
export function mechanismsTable(): string {
  return markdownTable(
    ["mechanism", ...FIELDS.map(([, label]) => label)],
    MECHANISMS.map((mechanism) => [mechanism.name, ...FIELDS.map(([field]) => textOf(mechanism[field]))]),
  );
}

function textOf(value: string | readonly string[]): string {
  return typeof value === "string" ? value : value.join("; ");
}
