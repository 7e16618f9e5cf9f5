import { filesEntered, returnsOf } from "../support/call-walk";

/** From the options of `credentials` to a session of AWS: the files that are entered, in this order. */
const WALK = [
  "credentials/session.ts",
  "credentials/request-session.ts",
  "token/obtain.ts",
  "token/choose-source.ts",
  "token/token-file.ts",
  "token/settings.ts",
  "token/sources.ts",
  "token/request-token.ts",
  "token/token-refusal.ts",
  "sts/read-token.ts",
  "token/databricks-cli.ts",
  "token/subject-token.ts",
  "token/aws-token.ts",
  "sts/request-keys.ts",
  "token/choose-source.ts",
  "token/loop.ts",
  "credentials/assume.ts",
  "credentials/retry.ts",
  "credentials/cached-session.ts",
  // the other way, through Unity Catalog
  "credentials/catalog-session.ts",
  "credentials/catalog-refusal.ts",
  "credentials/cached-session.ts",
];

test("a session is obtained file after file, with one return to a file already left on each way", () => {
  const entered = filesEntered("credentials/session.ts", "getSession", (file) =>
    /^(?:token|sts|credentials)\//.test(file),
  );
  expect(entered).toEqual(WALK);
  expect(returnsOf(entered)).toBe(2);
});
