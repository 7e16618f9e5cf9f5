import fc from "fast-check";
import { parse } from "yaml";
import type { Client } from "../../src/client/client";
import { clientOf } from "../../src/client/client";
import { bundleString, jsonValue, pythonValue, quotedAscii, workflowString } from "../../src/client/encode";
import { clientTree } from "../../src/client/files";
import type { ClientPlace } from "../../src/client/places";
import type { FederationInput } from "../../src/federation";
import { readFederation } from "../../src/federation";
import { canonicalText } from "../../src/trust/canonical-json";
import { markdownCode } from "../../src/text/escape";
import { hostileText } from "../support/hostile-text";
import { runs } from "../support/runs";

const READER = "6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b";

/** What GitHub makes of a string: every `${{ … }}` must be the one expression we write, a literal of its opening. */
function evaluated(text: string): string {
  return text.replace(/\$\{\{(.*?)\}\}/gs, (_, expression: string) => {
    if (expression !== " '${{' ") throw new Error(`an expression of the user's: ${expression.slice(0, 80)}`);
    return "${{";
  });
}

test("any text comes back from YAML, from JSON and from a workflow, in NFC, on one line of visible ASCII", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        hostileText,
        hostileText.map((text) => `${text}\${{ secrets.X }}`),
      ),
      (text) => {
        const wanted = canonicalText(text);
        expect(quotedAscii(text)).toMatch(/^[ -~]*$/);
        expect(parse(quotedAscii(text))).toBe(wanted);
        expect(evaluated(String(parse(workflowString(text))))).toBe(wanted);
        expect(JSON.parse(jsonValue({ [text]: [text] }, 4))).toEqual({ [text]: [text] });
      },
    ),
    { numRuns: runs(150), examples: [["${{ '${{' }}"], ["$${{{{x}}"], ["}}${{"], ["'${{"]] },
  );
});

test("a bundle refuses what it would read as a reference", () => {
  expect(() => bundleString("${var.x}")).toThrow(RangeError);
  expect(parse(bundleString("$x {y} \u2028"))).toBe("$x {y} \u2028");
});

test("inline code ends where it began, whatever is in it", () => {
  fc.assert(
    fc.property(hostileText, (text) => {
      const span = markdownCode(text);
      const fence = /^`+/.exec(span)?.[0] ?? "";
      const inside = span.slice(fence.length, span.length - fence.length);
      expect(fence).not.toBe("");
      expect(span).toBe(`${fence}${inside}${fence}`);
      expect(span).not.toMatch(/[\n\r\u2028\u2029]/);
      expect((inside.match(/`+/g) ?? []).every((run) => run.length !== fence.length)).toBe(true);
    }),
    { numRuns: runs(200) },
  );
});

test("a number that is not exact is no Python", () => {
  expect(() => pythonValue(2 ** 60)).toThrow(RangeError);
  expect(pythonValue({ a: [1, null, true, "é"] })).toBe('{"a": [1, None, True, "\\xe9"]}');
});

/** Everything a federation may hold that reaches a client file, with what the rules let through of anything. */
function hostileClient(place: ClientPlace, path: string, subject: string, description: string): Client | undefined {
  const input: FederationInput = {
    name: "lakehouse",
    aws: { accountId: "111122223333", region: "us-east-1" },
    issuers: {
      production: { level: "workspace", host: "mycompany.cloud.databricks.com", workspaceId: "1444828305810485" },
    },
    emailDomains: ["data.example.com"],
    roles: {
      "lake+reader=,.@-": {
        description,
        path,
        trusts: [
          {
            issuer: "production",
            servicePrincipals: [READER],
            subjects: [subject],
            subjectPatterns: [`${subject}*@data.example.com`],
          },
        ],
        tags: { note: "x" },
      },
    },
    tags: {},
  };
  try {
    return clientOf(readFederation(input).federation, { place });
  } catch {
    return undefined;
  }
}

const visibleAscii = fc
  .array(fc.constantFrom("${{", "secrets.X", "}}", "'", '"', "`", "$(id)", "\\", "|", "<!--", "-->", "#", "]", "a"), {
    minLength: 1,
    maxLength: 6,
  })
  .map((parts) => parts.join("").replaceAll("{", "[").replaceAll("/", "-"));
const latin = fc
  .array(fc.constantFrom('"', "'", "\\", "`", "$(id)", "<script>", "|", "#", "é", "ÿ", "%", "a b", "}}"), {
    minLength: 1,
    maxLength: 6,
  })
  .map((parts) => `x${parts.join("")}x`);

test("no value of a federation changes the structure of a workflow, a policy or a bundle", () => {
  const keysOf = (value: unknown): unknown =>
    typeof value !== "object" || value === null
      ? typeof value
      : Array.isArray(value)
        ? value.map(keysOf)
        : Object.fromEntries(Object.entries(value).map(([key, member]) => [key, keysOf(member)]));
  const structure = (client: Client): unknown =>
    [...clientTree(client, "1.0.0").files]
      .filter(([file]) => /\.(?:ya?ml|json)$/.test(file))
      .map(([file, text]) => [file, keysOf(file.endsWith(".json") ? JSON.parse(text) : parse(text))]);
  let tried = 0;
  for (const place of ["github-actions", "asset-bundle"] as const) {
    const plain = hostileClient(place, "/a/", "xax", "");
    if (plain === undefined) throw new Error("the plain federation reads");
    const wanted = structure(plain);
    fc.assert(
      fc.property(visibleAscii, latin, latin, (path, subject, description) => {
        const client = hostileClient(place, `/${path}/`, subject, description);
        if (client === undefined) return;
        tried += 1;
        expect(structure(client)).toEqual(wanted);
        const workflow = clientTree(client, "1.0.0").files.get("databricks-aws.yml");
        if (workflow === undefined) return;
        const { jobs } = parse(workflow) as {
          readonly jobs: { readonly aws: { readonly env: { readonly AWS_ROLE_ARN: string } } };
        };
        expect(evaluated(jobs.aws.env.AWS_ROLE_ARN)).toBe(client.arn);
      }),
      { numRuns: 20 },
    );
  }
  expect(tried).toBeGreaterThan(30);
});

test("a role path that a cluster's shell would run is refused", () => {
  const client = hostileClient("cluster-policy", "/$(id)/", "xax", "");
  if (client === undefined) throw new Error("IAM takes that path");
  expect(() => clientTree(client, "1.0.0")).toThrow(expect.objectContaining({ code: "client-not-possible" }));
});
