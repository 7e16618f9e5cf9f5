import { parseFederation } from "../../src/federation";

function fileOf(roles: number): string {
  const principal = (index: number): string => `6a9f1c2e-3b4d-4e5f-8a7b-${index.toString(16).padStart(12, "0")}`;
  const role = (index: number): string => `  role-${index}:
    description: Number ${index}
    trusts: [{ issuer: production, servicePrincipals: [${principal(index)}, ${principal(index + 100_000)}] }]
    managedPolicyArns: { read: "arn:aws:iam::111122223333:policy/read-${index}" }
    tags: { team: data }
`;
  return `name: big
aws: { accountId: "111122223333" }
issuers:
  production: { level: workspace, host: mycompany.cloud.databricks.com, workspaceId: "1444828305810485" }
roles:
${Array.from({ length: roles }, (_, index) => role(index)).join("")}`;
}

/** Milliseconds of processor time that `body` takes: what else the machine does hardly counts. */
function processorTime(body: () => void): number {
  const started = process.cpuUsage();
  body();
  return process.cpuUsage(started).user / 1000;
}

test("a mistake in every role does not take the square of their number to place", () => {
  const text = fileOf(400).replaceAll("team: data", "team: 'a,b'");
  expect(
    processorTime(() => expect(() => parseFederation(text)).toThrow(/300 more problems are not listed/)),
  ).toBeLessThan(1000);
});
