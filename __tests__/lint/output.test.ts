import Ajv from "ajv";
import { readDocument } from "../../src/lint/read-document";
import type { LintReport } from "../../src/lint/lint-documents";
import { lintDocuments, lintExitCode } from "../../src/lint/lint-documents";
import { lintSarif } from "../../src/lint/output/sarif";
import { lintText } from "../../src/lint/output/text";
import { planOf, resourceChange, trustText } from "../support/plan-json";

const FEDERATION = `name: lake
aws: { accountId: "111122223333" }
issuers:
  production: { level: workspace, host: mycompany.cloud.databricks.com, workspaceId: "1" }
roles:
  reader:
    maxSessionDuration: 2h
    trusts:
      - issuer: production
        users: [alice@example.com]
    lint:
      - { ignore: subject-email, reason: Alice is the one who is called at night. }
`;

async function report(): Promise<LintReport> {
  return lintDocuments([
    { file: "my files/federation.yaml", document: await readDocument(FEDERATION, "federation.yaml") },
  ]);
}

/** The parts of the SARIF 2.1.0 schema (OASIS) that our log uses, closed: a member it does not know is a mistake. */
const SARIF = {
  definitions: {
    message: {
      type: "object",
      required: ["text"],
      additionalProperties: false,
      properties: { text: { type: "string", minLength: 1 }, markdown: { type: "string" } },
    },
    level: { enum: ["none", "note", "warning", "error"] },
    rule: {
      type: "object",
      required: ["id"],
      additionalProperties: false,
      properties: {
        id: { type: "string" },
        name: { type: "string" },
        shortDescription: { $ref: "#/definitions/message" },
        fullDescription: { $ref: "#/definitions/message" },
        help: { $ref: "#/definitions/message" },
        defaultConfiguration: {
          type: "object",
          additionalProperties: false,
          properties: { level: { $ref: "#/definitions/level" } },
        },
        properties: {
          type: "object",
          properties: {
            tags: { type: "array", uniqueItems: true, items: { type: "string" } },
            "security-severity": { type: "string", pattern: "^\\d+\\.\\d$" },
          },
        },
      },
    },
    location: {
      type: "object",
      required: ["physicalLocation"],
      additionalProperties: false,
      properties: {
        physicalLocation: {
          type: "object",
          required: ["artifactLocation", "region"],
          additionalProperties: false,
          properties: {
            artifactLocation: {
              type: "object",
              required: ["uri"],
              additionalProperties: false,
              properties: { uri: { type: "string", pattern: "^[^ \\\\]+$" } },
            },
            region: {
              type: "object",
              additionalProperties: false,
              properties: { startLine: { type: "integer", minimum: 1 }, startColumn: { type: "integer", minimum: 1 } },
            },
          },
        },
        logicalLocations: {
          type: "array",
          items: {
            type: "object",
            additionalProperties: false,
            properties: { fullyQualifiedName: { type: "string" } },
          },
        },
      },
    },
    result: {
      type: "object",
      required: ["message", "ruleId", "locations"],
      additionalProperties: false,
      properties: {
        ruleId: { type: "string" },
        ruleIndex: { type: "integer", minimum: 0 },
        level: { $ref: "#/definitions/level" },
        message: { $ref: "#/definitions/message" },
        locations: { type: "array", minItems: 1, items: { $ref: "#/definitions/location" } },
        partialFingerprints: { type: "object", additionalProperties: { type: "string" } },
        suppressions: {
          type: "array",
          items: {
            type: "object",
            required: ["kind"],
            additionalProperties: false,
            properties: { kind: { enum: ["inSource", "external"] }, justification: { type: "string" } },
          },
        },
      },
    },
  },
  type: "object",
  required: ["version", "runs"],
  additionalProperties: false,
  properties: {
    $schema: { type: "string" },
    version: { const: "2.1.0" },
    runs: {
      type: "array",
      minItems: 1,
      items: {
        type: "object",
        required: ["tool", "results"],
        additionalProperties: false,
        properties: {
          columnKind: { enum: ["utf16CodeUnits", "unicodeCodePoints"] },
          tool: {
            type: "object",
            required: ["driver"],
            additionalProperties: false,
            properties: {
              driver: {
                type: "object",
                required: ["name"],
                additionalProperties: false,
                properties: {
                  name: { type: "string" },
                  semanticVersion: { type: "string" },
                  rules: { type: "array", uniqueItems: true, items: { $ref: "#/definitions/rule" } },
                },
              },
            },
          },
          results: { type: "array", items: { $ref: "#/definitions/result" } },
        },
      },
    },
  },
};

test("SARIF has the standard's shape, a file for every result, and the reason of what is let be", async () => {
  const log = lintSarif(await report(), "1.2.3");
  const validate = new Ajv({ strict: false }).compile(SARIF);
  expect(validate(log) ? [] : validate.errors).toEqual([]);
  const [run] = (
    log as {
      runs: readonly [
        {
          tool: { driver: { rules: readonly { id: string }[] } };
          results: readonly { ruleId: string; ruleIndex: number; locations: unknown; suppressions?: unknown }[];
        },
      ];
    }
  ).runs;
  for (const result of run.results) expect(run.tool.driver.rules[result.ruleIndex]?.id).toBe(result.ruleId);
  expect(run.results).toEqual([
    expect.objectContaining({
      ruleId: "session-long-users",
      level: "error",
      locations: [
        expect.objectContaining({
          physicalLocation: {
            artifactLocation: { uri: "my%20files/federation.yaml" },
            region: { startLine: 9, startColumn: 9 },
          },
        }),
      ],
    }),
    expect.objectContaining({
      ruleId: "subject-email",
      suppressions: [{ kind: "inSource", justification: "Alice is the one who is called at night." }],
    }),
  ]);
});

test("text has one line a finding, says what is let be and why, and sums up", async () => {
  expect(lintText(await report()).split("\n")).toEqual([
    "my files/federation.yaml:9:9: error: roles.reader.trusts[0].Condition: Users get 7200 seconds from any " +
      "network. Leave maxSessionDuration at 1h, or add a network condition (aws:SourceIp or aws:SourceVpce) to " +
      "the users' trust. [session-long-users]",
    "my files/federation.yaml: suppressed: roles.reader.trusts[0].Condition [subject-email]: Alice is the one who " +
      "is called at night.",
    "",
    "1 error, 0 warnings (1 role checked, 1 finding suppressed)",
  ]);
});

test("text tells who gains and who loses a role", async () => {
  const issuer = "mycompany.cloud.databricks.com/oidc";
  const role = (subject: string): Readonly<Record<string, unknown>> => ({
    name: "reader",
    assume_role_policy: trustText(issuer, "1", [subject]),
  });
  const provider = { url: `https://${issuer}`, client_id_list: ["1"] };
  const plan = planOf([
    resourceChange("aws_iam_openid_connect_provider.p", provider, provider),
    resourceChange("aws_iam_role.reader", role("one"), role("two")),
  ]);
  const changed = lintDocuments([
    { file: "plan.json", document: await readDocument(JSON.stringify(plan), "plan.json") },
  ]);
  const command = (sub: string): string =>
    `echo '{"iss":"https://${issuer}","aud":"1","sub":"${sub}","iat":1767225600,"exp":1767229200}' | ` +
    "databricks-aws-oidc explain --plan plan.json --role reader --claims - --now 1767225660";
  expect(lintText(changed)).toBe(
    [
      "Who gets in, before and after:",
      "  aws_iam_role.reader (changed)",
      `    + two of https://${issuer}, audience 1`,
      `        ${command("two")}`,
      `    - one of https://${issuer}, audience 1`,
      `        ${command("one")}`,
      "",
      "No findings (1 role checked); 1 gained, 1 lost",
    ].join("\n"),
  );
});

test.each([
  [{ errors: 1 }, {}, 1],
  [{ warnings: 3 }, {}, 0],
  [{ warnings: 3 }, { maxWarnings: 3 }, 0],
  [{ warnings: 3 }, { maxWarnings: 2 }, 1],
  [{ warnings: 1 }, { maxWarnings: 0 }, 1],
  [{ widened: true }, {}, 0],
  [{ widened: true }, { failOnWidening: true }, 1],
  [{}, { failOnWidening: true, maxWarnings: 0 }, 0],
])("%j under %j ends in %i", async (counts, limits, code) => {
  const clean = { ...(await report()), errors: 0, warnings: 0, widened: false };
  expect(lintExitCode({ ...clean, ...counts }, limits)).toBe(code);
});
