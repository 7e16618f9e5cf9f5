import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A fenced block of code in one of the project's pages. */
export interface CodeBlock {
  /** Relative to the repository, e.g. `docs/hcl.md`. */
  readonly page: string;
  readonly language: string;
  readonly code: string;
  /** 1-based line of the opening fence. */
  readonly line: number;
}

export const REPOSITORY = join(__dirname, "..", "..");

/** The pages a user reads, relative to the repository. */
export function pages(): readonly string[] {
  const docs = readdirSync(join(REPOSITORY, "docs"))
    .filter((file) => file.endsWith(".md"))
    .map((file) => `docs/${file}`);
  return ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md", ...docs];
}

export function pageText(page: string): string {
  return readFileSync(join(REPOSITORY, page), "utf8");
}

/** Every fenced block of `language` in the pages, in order. */
export function codeBlocks(...languages: readonly string[]): readonly CodeBlock[] {
  return pages().flatMap((page) => {
    const text = pageText(page);
    return [...text.matchAll(/^```(\w+)(?:[^\w\n][^\n]*)?\n([\s\S]*?)^```$/gm)]
      .filter((match) => languages.includes(match[1] ?? ""))
      .map((match) => ({
        page,
        language: match[1] ?? "",
        code: match[2] ?? "",
        line: text.slice(0, match.index).split("\n").length,
      }));
  });
}
