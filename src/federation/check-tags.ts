/** The tags of one resource: how many, and what IAM accepts as key and value. */
import type { Problem } from "../errors";
import { violation, quoted } from "../text/text-rule";
import { memberPath } from "./path";
import { MAX_TAGS, TAG_KEY } from "./rules";

/**
 * Problems of `own`, over what is `inherited`. Codes: too-many-tags, tag-collision, tag-invalid. The characters
 * of values are the schema's.
 */
export function checkTags(
  own: Readonly<Record<string, string>>,
  inherited: Readonly<Record<string, string>>,
  path: string,
): readonly Problem[] {
  const problems: Problem[] = [];
  const merged = { ...inherited, ...own };
  if (Object.keys(merged).length > MAX_TAGS) {
    problems.push({
      code: "too-many-tags",
      message: `${Object.keys(merged).length} tags in all; the IAM limit is ${MAX_TAGS} per resource.`,
      path,
      fix: "Remove some.",
    });
  }
  const seen = new Map<string, string>();
  for (const key of Object.keys(merged)) {
    const other = seen.get(key.toLowerCase());
    if (other !== undefined && Object.hasOwn(own, key)) {
      problems.push({
        code: "tag-collision",
        message: `The tags ${quoted(other)} and ${quoted(key)} differ only in case, which IAM ignores.`,
        path: memberPath(path, key),
        fix: "Keep one.",
      });
    }
    seen.set(key.toLowerCase(), key);
  }
  for (const key of Object.keys(own)) {
    const rule = violation(TAG_KEY, key, memberPath(path, key));
    if (rule !== undefined) problems.push(rule);
    // "You cannot create a tag key or value that begins with the text aws:" (IAM User Guide, Rules for tagging)
    for (const text of [key, own[key] ?? ""]) {
      if (/^aws:/i.test(text))
        problems.push({
          code: "tag-invalid",
          message: `${quoted(text)} begins with aws:, which AWS reserves.`,
          path: memberPath(path, key),
          fix: "Use another prefix.",
        });
    }
  }
  return problems;
}
