/** The values that tests and examples of the modules are written with; a profile puts its own in. */
import type { Partition } from "../issuer/rules";
import type { UnityCatalogCloud } from "../issuer/clouds";
import { UNITY_CATALOG_CLOUDS, UNITY_CATALOG_PRINCIPALS } from "../issuer/clouds";
import type { Inputs } from "./definition";

export interface Sample {
  readonly host: string;
  readonly workspaceId: string;
  readonly databricksAccountId: string;
  readonly databricksAccountHost: string;
  readonly awsAccountId: string;
  readonly awsPartition: Partition;
  readonly servicePrincipal: string;
  readonly externalId: string;
  /** Null where none is needed. */
  readonly permissionsBoundaryArn: string | null;
  /** Tags that every resource must have. */
  readonly mandatoryTags: Readonly<Record<string, string>>;
  /** Tags that every resource has by itself. */
  readonly defaultTags: Readonly<Record<string, string>>;
}

export const SAMPLE: Sample = {
  host: "mycompany.cloud.databricks.com",
  workspaceId: "1444828305810485",
  databricksAccountId: "7d3c2b1a-0f5e-4c8d-9a6b-123456789012",
  databricksAccountHost: "accounts.cloud.databricks.com",
  awsAccountId: "111122223333",
  awsPartition: "aws",
  servicePrincipal: "6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b",
  externalId: "0b7e6f5a-1c2d-4e3f-9a8b-7c6d5e4f3a2b",
  permissionsBoundaryArn: null,
  mandatoryTags: {},
  defaultTags: {},
};

/** The role in tests and examples. */
export const SAMPLE_ROLE = "lake-reader";

/**
 * A Databricks account ID as Databricks has them; 12 digits, which an issuer may have as well, make no URL that is
 * too long.
 */
export function isUuid(accountId: string): boolean {
  return accountId.includes("-");
}

/** Inputs that every module of the sample needs. */
export function commonInputs(sample: Sample): Inputs {
  return {
    aws_account_id: sample.awsAccountId,
    aws_partition: sample.awsPartition,
    ...(sample.permissionsBoundaryArn === null ? {} : { permissions_boundary_arn: sample.permissionsBoundaryArn }),
    ...(Object.keys(sample.mandatoryTags).length === 0 ? {} : { tags: sample.mandatoryTags }),
  };
}

/** The Databricks cloud whose Unity Catalog reaches the sample's partition; undefined in aws-cn. */
export function unityCatalogCloud(sample: Sample): UnityCatalogCloud | undefined {
  return UNITY_CATALOG_CLOUDS.find((cloud) => UNITY_CATALOG_PRINCIPALS[cloud].partition === sample.awsPartition);
}
