import type { Finding } from "../../src/lint/run-rules";
import { lintTarget } from "../../src/lint/run-rules";
import type { LintRule } from "../../src/lint/rule";
import { LINT_RULES } from "../../src/lint/all-rules";

const rules = LINT_RULES.map((rule): readonly [string, LintRule] => [rule.id, rule]);
const standing = (findings: readonly Finding[]): readonly Finding[] =>
  findings.filter((finding) => finding.ignored === null);

test.each(rules)("%s finds nothing at all in its good example", (_, rule) => {
  expect(standing(lintTarget(rule.good.target))).toEqual([]);
});

test.each(rules)("%s catches its bad example", (id, rule) => {
  const found = lintTarget(rule.bad.target).filter((finding) => finding.rule === id);
  expect(found.length).toBeGreaterThan(0);
  for (const finding of found) {
    expect(finding.severity).toBe(rule.severity);
    expect(finding.message).toMatch(/\.$/);
    expect(finding.path).not.toBe("");
  }
});

test("rule IDs are kebab-case, and each is there once", () => {
  const ids = LINT_RULES.map((rule) => rule.id);
  expect(ids.filter((id) => !/^[a-z]+(?:-[a-z]+)*$/.test(id))).toEqual([]);
  expect(new Set(ids).size).toBe(ids.length);
});

test("every rule says why, what to do and where it comes from", () => {
  for (const rule of LINT_RULES) {
    for (const text of [rule.title, rule.why, rule.fix, rule.source]) expect(text.length).toBeGreaterThan(5);
    expect(rule.why).toMatch(/\.$/);
    expect(rule.fix).toMatch(/\.$/);
  }
});
