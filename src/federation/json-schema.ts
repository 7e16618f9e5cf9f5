/** The JSON Schema of the federation file, from the zod schema that reads it. */
import * as z from "zod";
import { federationSchema } from "./schema";

/** JSON Schema 2020-12 of what federation.yaml may contain; plain JSON. */
export function federationJsonSchema(): Readonly<Record<string, unknown>> {
  const { $schema, ...schema } = z.toJSONSchema(federationSchema, { io: "input", unrepresentable: "any" });
  return {
    $schema,
    $id: "urn:databricks-aws-oidc:federation",
    title: "Databricks to AWS federation",
    description: "Which Databricks issuers an AWS account trusts, and which roles their identities may assume.",
    ...schema,
  };
}
