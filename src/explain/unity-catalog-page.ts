/** The page docs/unity-catalog.md, with the table and the principals made from the code. */
import { UNITY_CATALOG_CLOUDS, UNITY_CATALOG_PRINCIPALS } from "../issuer/clouds";
import { mechanismsTable } from "./mechanisms";

/** The whole page as Markdown. */
export function unityCatalogPage(): string {
  return (
    `<!-- Generated from src/explain by scripts/generate-docs.ts. Do not edit: npm run generate. -->
# Unity Catalog, and what else reaches AWS

Unity Catalog does not speak web identity. A storage or service credential makes *Databricks' own role* call ` +
    `\`sts:AssumeRole\` on yours, with an
external ID; no token of a person or a job comes to AWS. So there are four ways from Databricks into AWS, and ` +
    `each feature uses one:

${mechanismsTable()}

\`databricks-aws-oidc explain --mechanisms\` prints the same. *Known* is said as everywhere here: seen in ` +
    `first-party code or documentation,
expected where nobody has published it.

## A role for Unity Catalog

Create the storage or service credential in Databricks first, with the role's ARN; it shows the external ID. Then:

\`\`\`yaml
name: lakehouse
aws: { accountId: "111122223333" }
issuers:
  production: { level: workspace, host: mycompany.cloud.databricks.com, workspaceId: "1444828305810485" }
roles:
  lake-storage:
    path: /databricks/
    trusts:
      - unityCatalog: { externalIds: [0b7e6f5a-1c2d-4e3f-9a8b-7c6d5e4f3a2b], cloud: aws }
      - issuer: production
        servicePrincipals: [6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b]
\`\`\`

One role may carry both trusts, as this one does. The Unity Catalog trust becomes two statements and an inline policy:

1. Databricks' role may assume it with the external ID.
2. The role may assume *itself*, which Unity Catalog demands. A role cannot be named in a trust policy before ` +
    `it exists, so the statement trusts the
   account's root where \`aws:PrincipalArn\` is the role's own ARN (its path included), with the external ID.
3. Trusting the root only delegates, so the role also gets the inline policy \`unity-catalog-self-assume\`, ` +
    `which allows \`sts:AssumeRole\` on itself.

## Whom it trusts

GovCloud and DoD share a partition, not a principal, so \`cloud\` is said there:

| \`cloud\` | partition | Databricks' role |
|---|---|---|
${principalRows()}

These are those of Databricks' own Terraform provider. There is none for \`aws-cn\`, for Azure or for GCP: a ` +
    `\`unityCatalog\` trust in a federation of
partition \`aws-cn\` is refused. Principals of another partition are refused too: roles are not assumed ` +
    `across partitions.

## Try it

\`\`\`sh
databricks-aws-oidc prove          # Databricks' role gets in with the external ID, other callers and wrong IDs do not
databricks-aws-oidc sandbox        # a local STS that decides so, for AssumeRole too
\`\`\`

The external ID is no secret, and it is what keeps another Databricks customer from having Databricks' role ` +
    `assume yours: never leave it out, and
never share one between customers. A storage credential also needs what the role may do (\`s3:GetObject\` and ` +
    `the like), as inline or managed policies.
`
  );
}

function principalRows(): string {
  return UNITY_CATALOG_CLOUDS.map((cloud) => {
    const { partition, arn } = UNITY_CATALOG_PRINCIPALS[cloud];
    return `| \`${cloud}\` | \`${partition}\` | \`${arn}\` |`;
  }).join("\n");
}
