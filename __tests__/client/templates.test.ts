import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ERROR_CODES } from "../../src/errors";
import { templatesFolder, templatesIn } from "../../src/hcl/templates";

const TEMPLATES = templatesIn("client").map(
  (file) => [file, readFileSync(join(templatesFolder(), "client", file), "utf8")] as const,
);

test.each(TEMPLATES)("the template %s prints values through an encoding helper alone", (_file, text) => {
  const bare = [
    ...text.matchAll(
      /\{\{(?![#/>]|else\}|python |json |hcl |word |workflow |bundle |comment |code |markdown |\{)[^}]*\}\}|\{\{\{/g,
    ),
  ].map(([mustache]) => mustache);
  expect(bare).toEqual([]);
});

test("the Python's error codes are those of the rest of this program", () => {
  const codes = new Set(
    TEMPLATES.flatMap(([, text]) =>
      [...text.matchAll(/DatabricksAwsError\("([a-z-]+)"|\("(aws-[a-z-]+)", "/g)].map(
        (match) => match[1] ?? match[2] ?? "",
      ),
    ),
  );
  expect(codes.size).toBeGreaterThan(15);
  for (const code of codes) expect(Object.keys(ERROR_CODES)).toContain(code);
});
