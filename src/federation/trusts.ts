/** Reads one trust of a role: its keys tell its form, so that a mistake in it is reported in the terms of that form. */
import type { Problem } from "../errors";
import type { Partition } from "../issuer/rules";
import type { CheckContext } from "../trust/check";
import { checkSubjectParts, checkUnityCatalogParts } from "../trust/check";
import type { UnityCatalogCloud } from "../issuer/clouds";
import type { Identity, Trust } from "../trust/trust";
import type { PathPart } from "./path";
import { formatPath, parsePath } from "./path";
import { modelOf } from "./fields/field";
import { SUBJECT_TRUST_FIELDS, subjectTrustSchema, unityCatalogTrustSchema } from "./fields/trust";
import type { Shaped, TypedAt } from "./shape";
import { shape } from "./shape";
import { asRecord } from "../text/members";

/** A trust as declared -> normalized. `partition` decides the default Databricks cloud of Unity Catalog. */
export function readTrust(
  raw: unknown,
  path: string,
  { partition, identities }: Pick<CheckContext, "identities" | "partition">,
  typedAt: TypedAt,
): Shaped<Trust> {
  const at = parsePath(path);
  return isUnityCatalog(raw)
    ? readUnityCatalog(raw, at, partition, typedAt)
    : readSubjects(raw, at, identities ?? {}, typedAt);
}

function isUnityCatalog(raw: unknown): boolean {
  return typeof raw === "object" && raw !== null && Object.hasOwn(raw, "unityCatalog");
}

/**
 * Problems of the readable parts of a trust whose shape is wrong, so that one mistake hides no other. Codes as
 * `checkTrust`.
 */
export function checkTrustParts(raw: unknown, context: CheckContext, path: string): readonly Problem[] {
  const trust = asRecord(raw) ?? {};
  const conditions = list(trust["conditions"], (entry) => {
    const condition = asRecord(entry) ?? {};
    return {
      test: text(condition["test"]),
      variable: text(condition["variable"]),
      values: list(condition["values"], text),
    };
  });
  if (isUnityCatalog(raw)) {
    const unityCatalog = asRecord(trust["unityCatalog"]) ?? {};
    return checkUnityCatalogParts(
      { externalIds: list(unityCatalog["externalIds"], text), cloud: undefined, conditions },
      context,
      path,
    );
  }
  return checkSubjectParts(
    {
      issuer: text(trust["issuer"]),
      servicePrincipals: list(trust["servicePrincipals"], text),
      users: list(trust["users"], text),
      subjects: list(trust["subjects"], text),
      identities: list(trust["identities"], text),
      subjectPatterns: list(trust["subjectPatterns"], text),
      wideSubjectPatterns: list(trust["wideSubjectPatterns"], (entry) => ({
        pattern: text(asRecord(entry)?.["pattern"]),
      })),
      audiences: list(trust["audiences"], text),
      conditions,
    },
    context,
    path,
  );
}

function text(raw: unknown): string | undefined {
  return typeof raw === "string" ? raw : undefined;
}

function list<T>(raw: unknown, item: (entry: unknown) => T): readonly T[] | undefined {
  return Array.isArray(raw) ? raw.map(item) : undefined;
}

function readSubjects(
  raw: unknown,
  at: readonly PathPart[],
  known: Readonly<Record<string, Identity>>,
  typedAt: TypedAt,
): Shaped<Trust> {
  const { value, problems } = shape(subjectTrustSchema, raw, at, typedAt);
  if (value === undefined) return { value, problems };
  const trust = modelOf(SUBJECT_TRUST_FIELDS, value);
  // a name that is not declared is a problem of its own, and must not leave the trust without a subject
  const identities = trust.identities.map((name): Identity => {
    const identity = Object.hasOwn(known, name) ? known[name] : undefined;
    return identity ?? { name, kind: "subject", subject: name };
  });
  return { problems, value: { kind: "subjects", ...trust, identities } };
}

function readUnityCatalog(
  raw: unknown,
  at: readonly PathPart[],
  partition: Partition | null,
  typedAt: TypedAt,
): Shaped<Trust> {
  const { value, problems } = shape(unityCatalogTrustSchema, raw, at, typedAt);
  if (value === undefined) return { value, problems };
  const cloud = value.unityCatalog.cloud ?? defaultCloud(partition);
  if (cloud === null) {
    return {
      value: undefined,
      problems: [
        {
          code: "unity-catalog-cloud",
          message: `In partition ${partition ?? ""} the Databricks cloud is not plain.`,
          path: formatPath([...at, "unityCatalog", "cloud"]),
          fix: "Say cloud: aws-us-gov or cloud: aws-us-gov-dod; in aws-cn Databricks has no Unity Catalog.",
        },
      ],
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
