import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Problem } from "../../src/errors";
import { InputError } from "../../src/errors";
import { parseFederation } from "../../src/federation";

interface Broken {
  readonly title: string;
  readonly text: string;
  readonly code: string;
  readonly path: string | undefined;
  /** 1-based. */
  readonly line: number;
}

/**
 * Each file stands under `=== what is wrong`; its mistake under the mark `# <- code path`, and a number moves the
 * line.
 */
function brokenFiles(): readonly Broken[] {
  const all = readFileSync(join(__dirname, "broken-files.txt"), "utf8");
  return all
    .split(/^=== /m)
    .slice(1)
    .map((entry) => {
      const [title = "", ...lines] = entry.split("\n");
      const marked = lines.findIndex((line) => line.includes("# <- "));
      const [, code = "", path, shift = "0"] =
        /# <- ([a-z0-9-]+)(?: ([^-\d\s].*?))?(?: (-?\d+))?$/.exec(lines[marked] ?? "") ?? [];
      return { title, text: lines.join("\n"), code, path, line: marked + 1 + Number(shift) };
    });
}

function problemsOf(text: string): readonly Problem[] {
  try {
    parseFederation(text, { file: "federation.yaml" });
  } catch (error) {
    if (error instanceof InputError) return error.problems;
    throw error;
  }
  return [];
}

const files = brokenFiles();

test("there are at least sixty broken files", () => {
  expect(files.length).toBeGreaterThanOrEqual(60);
});

test.each(files.map((file) => [file.title, file] as const))(
  "%s is refused with its code, place and a fix",
  (_title, file) => {
    const problems = problemsOf(file.text);
    const found = problems.map(({ code, path, line }) => ({ code, path, line }));
    expect(found).toContainEqual({ code: file.code, path: file.path, line: file.line });
    for (const problem of problems) {
      expect(problem.fix).toMatch(/\S/);
      expect(problem.column).toBeGreaterThan(0);
      expect(problem.file).toBe("federation.yaml");
    }
  },
);

test("one mistake is reported once", () => {
  const many = files
    .filter(({ text }) => problemsOf(text).length > 1)
    .map(
      ({ title, text }) =>
        `${title}: ${problemsOf(text)
          .map(({ code }) => code)
          .join(", ")}`,
    );
  expect(many).toEqual([]);
});

test("all mistakes of a file are reported together, in the order of their places", () => {
  const text = `name: 1lake
aws: { regio: us-east-1 }
issuers:
  a: { level: workspace, host: x.com, workspaceId: 14448283058104857 }
roles:
  reader: { trusts: [{ issuer: a, users: [alice] }, { issuer: zz, subjectPatterns: ["*"] }], maxSessionDuration: 5m }
  Reader: { trusts: [{ issuer: a, users: [bob@example.com] }] }
`;
  expect(problemsOf(text).map(({ code, line }) => [line, code])).toEqual([
    [1, "name-invalid"],
    [2, "unknown-key"],
    [4, "host-not-databricks"],
    [4, "number-too-large"],
    [6, "user-invalid"],
    [6, "issuer-not-found"],
    [6, "subject-pattern-too-wide"],
    [6, "duration-out-of-range"],
    [7, "role-name-collision"],
  ]);
});
