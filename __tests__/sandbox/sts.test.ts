import { join } from "node:path";
import fc from "fast-check";
import { readFederation } from "../../src/federation/read";
import { loadFederation } from "../../src/files/load-federation";
import type { SigningKeys } from "../../src/sandbox/keys";
import { makeKeys } from "../../src/sandbox/keys";
import { makeOutbound } from "../../src/sandbox/sts/outbound";
import { makeSeal } from "../../src/sandbox/seal";
import { openSession } from "../../src/sandbox/sts/session";
import { principalsOf } from "../../src/sandbox/sts/principals";
import { stsReply, stsAccounts } from "../../src/sandbox/sts/sts";
import { stsErrorReply } from "../../src/sandbox/sts/xml";
import type { SimulatedDirectory } from "../../src/sandbox/directory/directory";
import { directoryOfFederation } from "../../src/sandbox/directory/of-federation";
import { databricksClaims } from "../../src/sts/databricks-claims";
import { runs } from "../support/runs";

const ROLE = "arn:aws:iam::111122223333:role/databricks/lake-reader";
const SUBJECT = "6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b";
const NOW = 1_800_000_000;
const seal = makeSeal();
const outboundMade = makeOutbound(seal);
const directory = directoryOfFederation(loadFederation(join(__dirname, "..", "..", "federation.yaml")));

let keys: SigningKeys;
let token: string;
beforeAll(async () => {
  keys = await makeKeys();
  token = await keys.sign(
    databricksClaims({
      issuer: "https://mycompany.cloud.databricks.com/oidc",
      audience: "1444828305810485",
      subject: SUBJECT,
      clientId: SUBJECT,
      scope: "all-apis",
      id: "x",
      now: NOW,
    }),
  );
});

interface Asked {
  readonly parameters: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly at?: number;
  readonly reasons?: string[];
  readonly of?: SimulatedDirectory;
}

async function ask({ parameters, headers = {}, at = NOW, reasons, of = directory }: Asked): Promise<{
  readonly status: number;
  readonly body: string;
  readonly code: string;
  readonly message: string;
}> {
  const sts = {
    accounts: stsAccounts(of, keys.set),
    seal,
    outbound: await outboundMade,
    context: {},
    now: () => at,
    explain:
      reasons === undefined
        ? null
        : (text: string): void => {
            reasons.push(text);
          },
  };
  const { status, body } = await stsReply(sts, {
    method: "POST",
    path: "/",
    query: new URLSearchParams(),
    headers: { "content-type": "application/x-www-form-urlencoded; charset=utf-8", ...headers },
    body: new URLSearchParams(parameters).toString(),
  });
  return {
    status,
    body,
    code: /<Code>(.*?)<\/Code>/.exec(body)?.[1] ?? "",
    message: /<Message>(.*?)<\/Message>/s.exec(body)?.[1] ?? "",
  };
}

const call = (change: Readonly<Record<string, string | undefined>> = {}): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries({
      Action: "AssumeRoleWithWebIdentity",
      Version: "2011-06-15",
      RoleArn: ROLE,
      RoleSessionName: "me",
      WebIdentityToken: token,
      ...change,
    }).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );

const signedBy = (accessKeyId: string, sessionToken?: string): Readonly<Record<string, string>> => ({
  authorization:
    `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20270115/us-east-1/sts/aws4_request, ` +
    `SignedHeaders=host, Signature=00`,
  ...(sessionToken === undefined ? {} : { "x-amz-security-token": sessionToken }),
});

describe("a bad call is answered in AWS' form and words", () => {
  test.each<[string, Readonly<Record<string, string | undefined>>, number, string, string]>([
    ["no action", { Action: undefined }, 400, "MissingAction", "Missing Action"],
    [
      "an unknown action",
      { Action: "AssumeEverything" },
      400,
      "InvalidAction",
      "Could not find operation AssumeEverything for version 2011-06-15",
    ],
    [
      "an action of every object",
      { Action: "constructor" },
      400,
      "InvalidAction",
      "Could not find operation constructor for version 2011-06-15",
    ],
    [
      "no version",
      { Version: undefined },
      400,
      "InvalidAction",
      "Could not find operation AssumeRoleWithWebIdentity for version NO_VERSION_SPECIFIED",
    ],
    [
      "another version",
      { Version: "2012-10-17" },
      400,
      "InvalidAction",
      "Could not find operation AssumeRoleWithWebIdentity for version 2012-10-17",
    ],
    [
      "no token",
      { WebIdentityToken: undefined },
      400,
      "ValidationError",
      "1 validation error detected: Value null at &#39;webIdentityToken&#39; failed to satisfy constraint: " +
        "Member must not be null",
    ],
    [
      "nothing at all",
      { WebIdentityToken: undefined, RoleArn: undefined, RoleSessionName: undefined },
      400,
      "ValidationError",
      "3 validation errors detected: ",
    ],
    [
      "a session name with a space",
      { RoleSessionName: "a b" },
      400,
      "ValidationError",
      "Member must satisfy regular expression pattern: [\\w+=,.@-]*",
    ],
    [
      "a session name of one letter",
      { RoleSessionName: "a" },
      400,
      "ValidationError",
      "Member must have length greater than or equal to 2",
    ],
    [
      "a session name too long",
      { RoleSessionName: "a".repeat(65) },
      400,
      "ValidationError",
      "Member must have length less than or equal to 64",
    ],
    [
      "a token too long",
      { WebIdentityToken: "x".repeat(20_001) },
      400,
      "ValidationError",
      "Value *** at &#39;webIdentityToken&#39; failed to satisfy constraint: Member must have length less than " +
        "or equal to 20000",
    ],
    [
      "an ARN of a user",
      { RoleArn: "arn:aws:iam::111122223333:user/alice" },
      400,
      "ValidationError",
      "Request ARN is invalid",
    ],
    [
      "a role of another account",
      { RoleArn: ROLE.replace("1111", "9999") },
      400,
      "InvalidIdentityToken",
      "No OpenIDConnect provider found in your account for https://mycompany.cloud.databricks.com/oidc",
    ],
    [
      "a role that does not exist",
      { RoleArn: `${ROLE}x` },
      403,
      "AccessDenied",
      "Not authorized to perform sts:AssumeRoleWithWebIdentity",
    ],
    [
      "a role without its path",
      { RoleArn: ROLE.replace("/databricks", "") },
      403,
      "AccessDenied",
      "Not authorized to perform sts:AssumeRoleWithWebIdentity",
    ],
    [
      "a duration in words",
      { DurationSeconds: "an hour" },
      400,
      "MalformedInput",
      "DurationSeconds must be an integer.",
    ],
    [
      "a duration too short",
      { DurationSeconds: "60" },
      400,
      "ValidationError",
      "Member must have value greater than or equal to 900",
    ],
    [
      "a duration beyond the role's",
      { DurationSeconds: "3601" },
      400,
      "ValidationError",
      "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
    ],
    [
      "a session policy that is not JSON",
      { Policy: "{" },
      400,
      "MalformedPolicyDocument",
      "The policy is not in the valid JSON format.",
    ],
    [
      "a session policy that is a list",
      { Policy: "[]" },
      400,
      "MalformedPolicyDocument",
      "The policy is not in the valid JSON format.",
    ],
    [
      "a session policy of null",
      { Policy: "null" },
      400,
      "MalformedPolicyDocument",
      "The policy is not in the valid JSON format.",
    ],
    [
      "no JWT",
      { WebIdentityToken: "dapi0123456789abcdef" },
      400,
      "InvalidIdentityToken",
      "The ID Token provided is not a valid JWT.",
    ],
  ])("%s", async (_what, change, status, code, message) => {
    const reasons: string[] = [];
    const answer = await ask({ parameters: call(change), reasons });
    expect([answer.status, answer.code]).toEqual([status, code]);
    expect(answer.message).toContain(message);
    // told once, and without the token
    expect(reasons).toHaveLength(1);
    expect(reasons[0]).not.toContain(token.split(".")[2]);
  });

  test("whatever is sent, it is an answer of STS that reads as XML", async () => {
    const name = fc.constantFrom(
      "Action",
      "Version",
      "RoleArn",
      "RoleSessionName",
      "WebIdentityToken",
      "DurationSeconds",
      "Policy",
      "ExternalId",
      "Tags.member.1.Key",
    );
    const value = fc.oneof(
      fc.fullUnicodeString(),
      fc.constantFrom(
        ROLE,
        "2011-06-15",
        "AssumeRole",
        "GetCallerIdentity",
        "AssumeRoleWithWebIdentity",
        "900",
        "-1",
        "<a>&]]>",
      ),
    );
    await fc.assert(
      fc.asyncProperty(fc.dictionary(name, value), async (parameters) => {
        const { body, code, message } = await ask({ parameters });
        expect(body).toMatch(
          /^<(?:Error|AssumeRoleWithWebIdentity)Response xmlns="https:\/\/sts\.amazonaws\.com\/doc\/2011-06-15\/">/,
        );
        expect(code).toMatch(/^[A-Za-z]+$/);
        expect(message).not.toMatch(/[<>]|&(?!#)/);
      }),
      { numRuns: runs(150) },
    );
  });

  test("characters that XML cannot hold are replaced, and a pair of surrogates stays whole", () => {
    expect(stsErrorReply("X", "a\u0000b\ud800c😀\uffff<&", "id").body).toContain(
      "<Message>a\ufffdb\ufffdc😀\ufffd&#60;&#38;</Message>",
    );
  });
});

const PLAIN = { issued: null, tags: {}, sourceIdentity: null, federatedProvider: null };

describe("a session", () => {
  const session = openSession(seal, { ...PLAIN, roleArn: ROLE, sessionName: "me", expires: NOW + 900 }, "n");
  const signed = signedBy;
  const who = (headers: Readonly<Record<string, string>>, at = NOW): ReturnType<typeof ask> =>
    ask({ parameters: { Action: "GetCallerIdentity", Version: "2011-06-15" }, headers, at });

  test("is who it says until it is over", async () => {
    expect((await who(signed(session.accessKeyId, session.sessionToken), NOW + 899)).body).toContain(
      "<Arn>arn:aws:sts::111122223333:assumed-role/lake-reader/me</Arn>",
    );
    expect(await who(signed(session.accessKeyId, session.sessionToken), NOW + 900)).toMatchObject({
      status: 403,
      code: "ExpiredToken",
      message: "The security token included in the request is expired",
    });
  });

  test.each<[string, Readonly<Record<string, string>>, string]>([
    ["no signature", {}, "MissingAuthenticationToken"],
    ["an invalid header", { authorization: "Bearer x" }, "IncompleteSignature"],
    ["an unknown key", signed("AKIAIOSFODNN7EXAMPLE"), "InvalidClientTokenId"],
    ["a key without its session token", signed(session.accessKeyId), "InvalidClientTokenId"],
    [
      "another key with the session token",
      signed("ASIAAAAAAAAAAAAAAAAA", session.sessionToken),
      "InvalidClientTokenId",
    ],
    [
      "a session token with another role",
      signed(
        session.accessKeyId,
        session.sessionToken.replace(/^.{20}/, Buffer.from(`["arn:aws:iam::9`).toString("base64url")),
      ),
      "InvalidClientTokenId",
    ],
    [
      "a session token of another run",
      signed(
        session.accessKeyId,
        openSession(makeSeal(), { ...PLAIN, roleArn: ROLE, sessionName: "me", expires: null }, "n").sessionToken,
      ),
      "InvalidClientTokenId",
    ],
  ])("is nobody with %s", async (_what, headers, code) => {
    expect((await who(headers)).code).toBe(code);
  });
});

describe("a role with both trusts", () => {
  const EXTERNAL_ID = "0b7e6f5a-1c2d-4e3f-9a8b-7c6d5e4f3a2b";
  const both = {
    name: "both",
    aws: { accountId: "111122223333" },
    issuers: {
      production: { level: "workspace", host: "mycompany.cloud.databricks.com", workspaceId: "1444828305810485" },
    },
    roles: {
      storage: {
        trusts: [
          { issuer: "production", servicePrincipals: [SUBJECT] },
          { unityCatalog: { externalIds: [EXTERNAL_ID] } },
        ],
      },
    },
  };
  const directoryWith = (more: object): SimulatedDirectory =>
    directoryOfFederation(readFederation({ ...both, ...more }).federation);
  const guarded = directoryWith({});
  /** The same without what keeps sessions of web identities out. */
  const unguarded: SimulatedDirectory = {
    ...guarded,
    accounts: guarded.accounts.map((account) => ({
      ...account,
      roles: account.roles.map((role) => ({
        ...role,
        trust: {
          statements: role.trust.statements.map((statement) => ({
            ...statement,
            conditions: statement.conditions.filter(
              (_, index) => statement.source.conditions[index]?.operator !== "Null",
            ),
          })),
        },
      })),
    })),
  };
  const STORAGE = "arn:aws:iam::111122223333:role/storage";
  const opened = (body: string): Readonly<Record<string, string>> => {
    const of = (name: string): string => new RegExp(`<${name}>(.*?)</${name}>`).exec(body)?.[1] ?? "";
    return signedBy(of("AccessKeyId"), of("SessionToken"));
  };
  const assume = (headers: Readonly<Record<string, string>>, of: SimulatedDirectory): ReturnType<typeof ask> =>
    ask({
      of,
      headers,
      parameters: {
        Action: "AssumeRole",
        Version: "2011-06-15",
        RoleArn: STORAGE,
        RoleSessionName: "again",
        ExternalId: EXTERNAL_ID,
      },
    });

  test("lets no session of a web identity renew itself", async () => {
    const first = await ask({ of: guarded, parameters: call({ RoleArn: STORAGE }) });
    expect(first.status).toBe(200);
    expect(await assume(opened(first.body), guarded)).toMatchObject({ status: 403, code: "AccessDenied" });
    expect(await assume(opened(first.body), unguarded)).toMatchObject({ status: 200 });
  });

  test("lets no one in who is suspended, in whatever case, and no session of hers assume it again", async () => {
    const suspended = directoryWith({ suspended: [SUBJECT.toUpperCase()] });
    const first = await ask({ of: guarded, parameters: call({ RoleArn: STORAGE }) });
    const reasons: string[] = [];
    expect(await ask({ of: suspended, parameters: call({ RoleArn: STORAGE }), reasons })).toMatchObject({
      status: 403,
    });
    expect(await assume(opened(first.body), suspended)).toMatchObject({ status: 403, code: "AccessDenied" });
  });

  test("says that a subject is suspended which a pattern would let in", async () => {
    const trusts = [{ issuer: "production", wideSubjectPatterns: [{ pattern: "*", reason: "Everyone may read it." }] }];
    const open = directoryWith({ roles: { storage: { trusts } }, suspended: [SUBJECT.toUpperCase()] });
    const reasons: string[] = [];
    expect(await ask({ of: open, parameters: call({ RoleArn: STORAGE }), reasons })).toMatchObject({ status: 403 });
    expect(reasons.join("\n")).toContain("statement 1 denies the subject: it is suspended");
  });

  test("refuses what a session of before the moment asks, and not a later one", async () => {
    const [catalog] = principalsOf(guarded, seal);
    if (catalog === undefined) throw new Error("Unity Catalog's role has keys in the sandbox");
    const first = await assume(signedBy(catalog.accessKeyId, catalog.sessionToken), guarded);
    const moment = (seconds: number): string => new Date((NOW + seconds) * 1000).toISOString().replace(".000Z", "Z");
    const revoked = directoryWith({ revokeSessionsBefore: moment(1) });
    expect(await assume(opened(first.body), revoked)).toMatchObject({ status: 403, code: "AccessDenied" });
    expect((await assume(opened(first.body), directoryWith({ revokeSessionsBefore: moment(0) }))).status).toBe(200);
    expect((await assume(signedBy(catalog.accessKeyId, catalog.sessionToken), revoked)).status).toBe(200);
  });

  test("lets Unity Catalog in, and the session that it opened", async () => {
    const [catalog] = principalsOf(guarded, seal);
    if (catalog === undefined) throw new Error("Unity Catalog's role has keys in the sandbox");
    const first = await assume(signedBy(catalog.accessKeyId, catalog.sessionToken), guarded);
    expect(first.status).toBe(200);
    expect((await assume(opened(first.body), guarded)).status).toBe(200);
  });

  test("does not see any more, after role chaining, that a session began with a web identity", async () => {
    const first = await ask({ of: unguarded, parameters: call({ RoleArn: STORAGE }) });
    const chained = await assume(opened(first.body), unguarded);
    expect((await assume(opened(chained.body), guarded)).status).toBe(200);
  });
});

describe("session tags", () => {
  const tagged = (name: string): Promise<string> =>
    keys.sign({
      ...databricksClaims({
        issuer: "https://mycompany.cloud.databricks.com/oidc",
        audience: "1444828305810485",
        subject: SUBJECT,
        clientId: SUBJECT,
        scope: "all-apis",
        id: "x",
        now: NOW,
      }),
      "https://aws.amazon.com/tags": { principal_tags: { [name]: ["data"] } },
    });

  test("in a token need sts:TagSession in the trust", async () => {
    expect(await ask({ parameters: call({ WebIdentityToken: await tagged("team") }) })).toMatchObject({
      status: 403,
      code: "AccessDenied",
    });
  });
});
