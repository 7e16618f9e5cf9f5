import { isOtherGithubForm, plainGithubSubject } from "../../src/issuer/github-subject";
import { AUD, conditionExample, EXAMPLE_AUDIENCE, SUB } from "../../src/lint/examples";
import { lintTarget } from "../../src/lint/run-rules";
import { smallDifference } from "../../src/explain/small-differences";

const OLD = "repo:acme/lake:environment:production";
const NEW = "repo:acme@12/lake@3456:environment:production";

test.each([
  [OLD, OLD],
  [NEW, OLD],
  ["repo:acme@12/lake@3456", "repo:acme/lake"],
  ["alice@example.com", null],
  ["6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b", null],
  ["repo:acme", null],
  [`repo:${"a@".repeat(50_000)}`, null],
])("the subject %# without numeric IDs", (subject, plain) => {
  expect(plainGithubSubject(subject)).toBe(plain);
});

test("two subjects of one job in GitHub's two forms are a near miss, two of two repositories are not", () => {
  expect(isOtherGithubForm(NEW, OLD)).toBe(true);
  expect(isOtherGithubForm(OLD, NEW)).toBe(true);
  expect(isOtherGithubForm(OLD, OLD)).toBe(false);
  expect(isOtherGithubForm(NEW, OLD.replace("lake", "sea"))).toBe(false);
  expect(smallDifference(NEW, [OLD], "StringEquals")?.what).toContain("GitHub's other form");
  expect(smallDifference(OLD, [NEW], "StringEquals")?.what).toContain("GitHub's other form");
  expect(smallDifference(NEW, ["repo:acme/lake:*"], "StringLike")?.what).toContain("GitHub's other form");
  expect(smallDifference(NEW, ["repo:acme/sea:*"], "StringLike")?.what ?? "").not.toContain("GitHub");
});

test.each([
  [OLD, `"${OLD}" is GitHub's (newer repositories have repo:OWNER@ID/REPO@ID:…)`],
  [NEW, `"${NEW}" is GitHub's (before, it was "${OLD}")`],
])("lint finds %s in a trust of a Databricks issuer, and names the other form", (subject, message) => {
  const condition = { StringEquals: { [AUD]: EXAMPLE_AUDIENCE, [SUB]: subject } };
  const found = lintTarget(conditionExample(condition).target);
  expect(found).toEqual([
    expect.objectContaining({ rule: "subject-unlikely", message: expect.stringContaining(message) }),
  ]);
});
