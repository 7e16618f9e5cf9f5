import { readYaml } from "../../src/federation/yaml-source";
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

describe("what would exhaust a YAML parser is refused before it is parsed", () => {
  test.each([
    ["lists", "[".repeat(1000)],
    ["mappings", `${'{"a":'.repeat(1000)}1${"}".repeat(1000)}`],
    ["list entries in one line", `a: ${"- ".repeat(1000)}`],
    ["brackets over many lines", "[\n- {\n".repeat(1000)],
  ])("%s nested deeply", (_, text) => {
    expect(readYaml(text).problems).toMatchObject([
      { code: "yaml-syntax", message: "Invalid YAML: it is nested too deeply." },
    ]);
  });

  test("more aliases than 5,000 roles need", () => {
    const text = `a: &a 1\nb: [${"*a, ".repeat(60_000)}*a]\n`;
    expect(readYaml(text).problems).toMatchObject([{ code: "yaml-alias-limit" }]);
  });

  test("but not brackets, dashes and stars in strings and comments", () => {
    const run = "[{".repeat(1000);
    const dashes = "- ".repeat(1000);
    const text = `# ${run} ${dashes}\na: "${run}"\nb: a ${run}\nc: |\n  ${run}\n  ${dashes}\nd: '*a, *b'\n`;
    expect(readYaml(text)).toMatchObject({ problems: [], value: { a: run, b: `a ${run}`, d: "*a, *b" } });
  });
});
