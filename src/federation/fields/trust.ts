/** The fields of a trust: of one for Databricks identities, and of one for Unity Catalog. */
import * as z from "zod";
import { UNITY_CATALOG_CLOUDS } from "../../issuer/clouds";
import { AUDIENCE, MAX_AUDIENCES } from "../../issuer/rules";
import { CONDITION_TESTS } from "../../trust/decide/operators";
import {
  CONDITION_VALUE,
  CONDITION_VARIABLE,
  EXTERNAL_ID,
  SERVICE_PRINCIPAL,
  SUBJECT,
  SUBJECT_PATTERN,
  USER,
} from "../../trust/rules";
import { IDENTITY_NAME, ISSUER_KEY, REASON } from "../rules";
import { field, optional, schemaOf } from "./field";
import { choice, flag, names, objects, text, texts } from "./kinds";

/** Rules on trusts are `checkTrust`'s, which has better words than a pattern allows. */
const checkedLater = true;

const conditions = optional(
  objects(
    {
      test: field(
        { is: "choice", code: "condition-test-unknown", values: CONDITION_TESTS },
        { description: "An IAM condition operator, such as IpAddress." },
        z.string().meta({ enum: CONDITION_TESTS }),
        (value) => value,
      ),
      variable: text(CONDITION_VARIABLE, { description: "An IAM condition key, such as aws:SourceIp.", checkedLater }),
      values: texts(CONDITION_VALUE, { description: "Values, of which any may match.", checkedLater }),
    },
    { description: "Extra conditions, which narrow this trust." },
  ),
  [],
);

const ISSUER = text(ISSUER_KEY, { description: "Key of one of the issuers.", checkedLater });

const SUBJECT_FIELDS = {
  servicePrincipals: optional(
    texts(SERVICE_PRINCIPAL, { description: "Application IDs of service principals. Prefer these.", checkedLater }),
    [],
  ),
  users: optional(
    texts(USER, {
      description: "Email addresses of users. They can be renamed and reused, so lint warns.",
      checkedLater,
    }),
    [],
  ),
  subjects: optional(texts(SUBJECT, { description: "Any other exact sub claims.", checkedLater }), []),
  identities: optional(
    names(IDENTITY_NAME, { description: "Names of the federation's identities, which are the same for every issuer." }),
    [],
  ),
  subjectPatterns: optional(
    texts(SUBJECT_PATTERN, {
      description:
        "Patterns of email addresses, with * or ? before an @ and a domain of emailDomains, or below one, after it.",
      checkedLater,
    }),
    [],
  ),
  wideSubjectPatterns: optional(
    objects(
      {
        pattern: text(SUBJECT_PATTERN, { description: "A pattern of sub claims, with * or ?.", checkedLater }),
        reason: text(REASON, { description: "Why everyone whom it matches is meant." }),
      },
      { description: "Any other patterns of sub claims, each with its reason. Lint and the report list them." },
    ),
    [],
  ),
  audiences: optional(
    texts(AUDIENCE, {
      description: "Audiences this trust accepts.",
      unset: "the issuer's first, never all of them",
      most: { count: MAX_AUDIENCES, code: "too-many-audiences" },
    }),
    null,
  ),
  conditions,
  allowTagSession: optional(flag({ description: "Also allow sts:TagSession." }), false),
};

/** A trust for identities of one issuer. */
export const SUBJECT_TRUST_FIELDS = { issuer: ISSUER, ...SUBJECT_FIELDS };

/** What identifies credentials of Unity Catalog. */
export const UNITY_CATALOG_FIELDS = {
  cloud: optional(
    choice(UNITY_CATALOG_CLOUDS, "unity-catalog-cloud", {
      description: "The Databricks cloud.",
      unset: "aws; in GovCloud it must be given",
    }),
    null,
  ),
  externalIds: texts(EXTERNAL_ID, {
    description: "External IDs, as the storage or service credentials show them.",
    checkedLater,
  }),
};

/** A trust for Unity Catalog's role, and for the role itself. */
export const UNITY_CATALOG_TRUST_FIELDS = {
  unityCatalog: field(
    { is: "object", fields: UNITY_CATALOG_FIELDS },
    { description: "Unity Catalog instead of an issuer; nothing else but conditions goes with it." },
    schemaOf(UNITY_CATALOG_FIELDS),
    (value) => value,
  ),
  conditions,
};

/** Every field of a trust: the modules take both forms as one object. */
export const TRUST_FIELDS = {
  issuer: optional(ISSUER, null),
  unityCatalog: optional(UNITY_CATALOG_TRUST_FIELDS.unityCatalog, null),
  ...SUBJECT_FIELDS,
};

export const subjectTrustSchema = schemaOf(SUBJECT_TRUST_FIELDS).meta({
  description: "Trusts Databricks identities of one issuer.",
});
export const unityCatalogTrustSchema = schemaOf(UNITY_CATALOG_TRUST_FIELDS).meta({
  description: "Trusts Unity Catalog's role, and the role itself.",
});
export const trustSchema = z.union([subjectTrustSchema, unityCatalogTrustSchema]);
