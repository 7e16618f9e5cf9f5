/** What the page starts with. */

export const SAMPLE_POLICY = `{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Principal": {
        "Federated": "arn:aws:iam::111122223333:oidc-provider/mycompany.cloud.databricks.com/oidc"
      },
      "Action": "sts:AssumeRoleWithWebIdentity",
      "Condition": {
        "StringEquals": {
          "mycompany.cloud.databricks.com/oidc:aud": "1444828305810485",
          "mycompany.cloud.databricks.com/oidc:sub": "6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b"
        }
      }
    }
  ]
}
`;

/** Claims that the sample policy refuses: its subject differs in the last character. */
export function sampleClaims(now: number): string {
  return JSON.stringify(
    {
      iss: "https://mycompany.cloud.databricks.com/oidc",
      aud: "1444828305810485",
      sub: "6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5c",
      iat: now,
      exp: now + 3600,
    },
    null,
    2,
  );
}
