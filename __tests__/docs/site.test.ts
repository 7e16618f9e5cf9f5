/** The documentation site has every page, once, and the page of AWS errors every message that STS is known to send. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import NAVIGATION from "../../site/navigation.json";
import { decideToken } from "../../src/sts/decide-token";
import type { WebIdentityCall, WebIdentityProvider, WebIdentityRole } from "../../src/sts/web-identity";
import { compilePolicy } from "../../src/trust/decide/decide";
import { codeBlocks, pages, pageText, REPOSITORY } from "../support/markdown";

/** The site's page for a file of the repository. */
const nameOf = (page: string): string =>
  page
    .replace(/^docs\//, "")
    .replace(/\.md$/, "")
    .toLowerCase();

test("every page is in the site's navigation, once", () => {
  const listed = NAVIGATION.flatMap(({ pages: group }) => group.map(([page]) => page));
  expect([...listed].sort()).toEqual(
    pages()
      .filter((page) => page !== "README.md")
      .map(nameOf)
      .sort(),
  );
});

test("the site's packages are its own: none is installed with this package", () => {
  const own = JSON.parse(readFileSync(join(REPOSITORY, "package.json"), "utf8")) as {
    readonly devDependencies: Readonly<Record<string, string>>;
  };
  expect(Object.keys(own.devDependencies)).not.toContain("vitepress");
});

const NOW = 1_800_000_000;
const ISSUER = "https://mycompany.cloud.databricks.com/oidc";
const provider: WebIdentityProvider = {
  arn: "arn:aws:iam::111122223333:oidc-provider/mycompany.cloud.databricks.com/oidc",
  issuer: ISSUER,
  clientIds: ["1444828305810485"],
  keys: null,
};
const role: WebIdentityRole = {
  arn: "arn:aws:iam::111122223333:role/lake-reader",
  trust: compilePolicy({ version: "2012-10-17", statements: [] }),
  maxSessionDuration: 3_600,
};
const GOOD = { iss: ISSUER, aud: "1444828305810485", sub: "alice@example.com", iat: NOW, exp: NOW + 3_600 };
const tokenOf = (claims: unknown): string =>
  [{ alg: "RS256" }, claims, "signature"]
    .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
    .join(".");

test.each<readonly [string, string, Partial<WebIdentityCall>]>([
  ["a token that the policy refuses", tokenOf(GOOD), {}],
  ["a token of another issuer", tokenOf({ ...GOOD, iss: "https://other.cloud.databricks.com/oidc" }), {}],
  ["another audience", tokenOf({ ...GOOD, aud: "sts.amazonaws.com" }), {}],
  ["no audience in a list", tokenOf({ ...GOOD, aud: [] }), {}],
  ["two audiences", tokenOf({ ...GOOD, aud: ["1", "2"] }), {}],
  ["an expired token", tokenOf({ ...GOOD, exp: NOW - 3_600 }), {}],
  ["a token from the future", tokenOf({ ...GOOD, iat: NOW + 3_600 }), {}],
  ["a time with a fraction", tokenOf({ ...GOOD, iat: NOW + 0.5 }), {}],
  ["no subject", tokenOf({ ...GOOD, sub: undefined }), {}],
  ["a null subject", tokenOf({ ...GOOD, sub: null }), {}],
  ["roles that the token names", tokenOf({ ...GOOD, "https://aws.amazon.com/roles": ["other"] }), {}],
  ["what is no JWT", "dapi0123456789abcdef", {}],
  ["a session longer than the role's", tokenOf(GOOD), { durationSeconds: 7_200 }],
  ["a session longer than any", tokenOf(GOOD), { durationSeconds: 99_999 }],
])("the page of AWS errors has the message for %s", async (_, token, more) => {
  const call: WebIdentityCall = { roleSessionName: "a", durationSeconds: null, context: {}, now: NOW, ...more };
  const { error } = await decideToken(token, [provider], role, call);
  const headings = [...pageText("docs/aws-errors.md").matchAll(/^## (.*)$/gm)].map((match) => match[1] ?? "");
  const found = headings.filter((heading) => {
    const parts = heading.split("…").map((part) => part.trim());
    let from = 0;
    return parts.every((part) => {
      const at = (error?.message ?? "").indexOf(part, from);
      from = at + part.length;
      return at >= 0;
    });
  });
  expect([error?.message, found.length]).toEqual([expect.any(String), 1]);
  const after = pageText("docs/aws-errors.md").split(`## ${found[0] ?? ""}\n`)[1] ?? "";
  expect(after.trimStart().slice(0, 60)).toContain(error?.code ?? "");
});

test("the four quickstarts show code of their own", () => {
  const shown = (name: string, ...languages: readonly string[]): number =>
    codeBlocks(...languages).filter(({ page }) => page === `docs/quickstart-${name}.md`).length;
  expect(shown("terraform", "hcl")).toBeGreaterThan(0);
  expect(shown("cdktf", "ts")).toBeGreaterThan(0);
  expect(shown("databricks", "python")).toBeGreaterThan(0);
  expect(shown("security", "sh")).toBeGreaterThan(0);
});
