/** Reads one trust of a role: names what it is by its keys, so that a mistake in it is told in that form's words. */
import type { Partition } from "../issuer/rules";
import type { UnityCatalogCloud } from "../trust/rules";
import type { Trust } from "../trust/trust";
import type { PathPart } from "./path";
import { formatPath } from "./path";
import { subjectTrustSchema, unityCatalogTrustSchema } from "./schema";
import type { Shaped, TypedAt } from "./shape";
import { shape } from "./shape";

/** A trust as declared -> normalised. `partition` decides the default Databricks cloud of Unity Catalog. */
export function readTrust(raw: unknown, at: readonly PathPart[], partition: Partition | null, typedAt: TypedAt): Shaped<Trust> {
  const isUnityCatalog = typeof raw === "object" && raw !== null && "unityCatalog" in raw;
  return isUnityCatalog ? readUnityCatalog(raw, at, partition, typedAt) : readSubjects(raw, at, typedAt);
}

function readSubjects(raw: unknown, at: readonly PathPart[], typedAt: TypedAt): Shaped<Trust> {
  const { value, problems } = shape(subjectTrustSchema, raw, at, typedAt);
  if (value === undefined) return { value, problems };
  return {
    problems,
    value: {
      kind: "subjects",
      issuer: value.issuer,
      servicePrincipals: value.servicePrincipals ?? [],
      users: value.users ?? [],
      subjects: value.subjects ?? [],
      subjectPatterns: (value.subjectPatterns ?? []).map((entry) => (typeof entry === "string" ? { pattern: entry, reason: null } : entry)),
      audiences: value.audiences ?? null,
      conditions: value.conditions ?? [],
      allowTagSession: value.allowTagSession ?? false,
    },
  };
}

function readUnityCatalog(raw: unknown, at: readonly PathPart[], partition: Partition | null, typedAt: TypedAt): Shaped<Trust> {
  const { value, problems } = shape(unityCatalogTrustSchema, raw, at, typedAt);
  if (value === undefined) return { value, problems };
  const cloud = value.unityCatalog.cloud ?? defaultCloud(partition);
  if (cloud === null) {
    return {
      value: undefined,
      problems: [{
        code: "unity-catalog-cloud",
        message: `In partition ${partition ?? ""} the Databricks cloud is not plain.`,
        path: formatPath([...at, "unityCatalog", "cloud"]),
        fix: "Say cloud: aws-us-gov or cloud: aws-us-gov-dod; in aws-cn Databricks has no Unity Catalog.",
      }],
    };
  }
  return {
    problems,
    value: {
      kind: "unityCatalog",
      externalIds: value.unityCatalog.externalIds,
      cloud,
      conditions: value.conditions ?? [],
    },
  };
}

/** GovCloud and DoD share a partition, so only plain `aws` has a default. */
function defaultCloud(partition: Partition | null): UnityCatalogCloud | null {
  return partition === "aws" || partition === null ? "aws" : null;
}
