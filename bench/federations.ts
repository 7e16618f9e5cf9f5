/** Federations of any size, for benchmarks: one subject, one managed policy a role, as large ones look. */

/** The text of a federation file with `roles` roles. Account `111122223333`, one workspace issuer. */
export function federationText(roles: number): string {
  const lines = [
    "name: bench",
    'aws: { accountId: "111122223333", region: us-east-1 }',
    "issuers:",
    '  production: { level: workspace, host: mycompany.cloud.databricks.com, workspaceId: "1444828305810485" }',
    "roles:",
  ];
  for (let index = 0; index < roles; index += 1) {
    lines.push(
      `  ${roleName(index)}:`,
      "    trusts:",
      `      - { issuer: production, servicePrincipals: [${servicePrincipal(index)}] }`,
      '    managedPolicyArns: { read: "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess" }',
    );
  }
  return `${lines.join("\n")}\n`;
}

export function roleName(index: number): string {
  return `role-${String(index).padStart(5, "0")}`;
}

export function servicePrincipal(index: number): string {
  return `6a9f1c2e-3b4d-4e5f-8a7b-${index.toString(16).padStart(12, "0")}`;
}
