import fc from "fast-check";
import { readAwsFile, withSettings } from "../../src/credentials/aws-file";
import { ageOf } from "../../src/credentials/cached-session";
import { kindOfFailure, withRetry } from "../../src/credentials/retry";
import { AwsRefusal, awsErrorCode } from "../../src/aws/refusal";
import { checkAwsHost, checkStsHost, isAwsSts, stsRegion } from "../../src/aws/hosts";
import { resolveRole } from "../../src/credentials/role";
import { isSessionName, sessionNameOf } from "../../src/credentials/assume";
import { renewIn, sleepByClock } from "../../src/credentials/token-file";
import { OutsideError } from "../../src/errors";
import { parseFederation } from "../../src/federation";
import { readText } from "../../src/files/read-file";
import { fakeToken } from "../support/fake-aws";

describe("a session name", () => {
  test.each([
    ["6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b", "6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b"],
    ["alice@example.com", "alice@example.com"],
    ["Ärztin@example.com", /^-rztin@example\.com-[0-9a-f]{8}$/],
    ["a", /^a-[0-9a-f]{8}$/],
    ["", /^-[0-9a-f]{8}$/],
  ])("of %j says who it is", (subject, name) => {
    expect(sessionNameOf(subject)).toEqual(typeof name === "string" ? name : expect.stringMatching(name));
  });

  test("is legal for any subject, and two subjects have two", () => {
    fc.assert(
      fc.property(fc.string16bits({ maxLength: 200 }), fc.fullUnicodeString({ maxLength: 200 }), (left, right) => {
        expect(isSessionName(sessionNameOf(left))).toBe(true);
        if (left !== right && left.isWellFormed() && right.isWellFormed())
          expect(sessionNameOf(left)).not.toBe(sessionNameOf(right));
      }),
    );
  });
});

describe("the STS to ask", () => {
  test.each([
    ["aws", [undefined, "eu-central-1"], "eu-central-1"],
    ["aws", [], "us-east-1"],
    ["aws-us-gov", [null], "us-gov-west-1"],
    ["aws-cn", [""], "cn-north-1"],
  ])("of %s with %j is in %s", (partition, candidates, region) => {
    expect(stsRegion(partition, candidates)).toBe(region);
  });

  test.each([
    ["aws", "us-gov-west-1", "region-partition-mismatch"],
    ["aws-us-gov", "us-east-1", "region-partition-mismatch"],
    ["aws", "evil.example.com/", "value-not-allowed"],
  ])("of %s is not in %s", (partition, region, code) => {
    expect(() => stsRegion(partition, [region])).toThrow(expect.objectContaining({ code }) as Error);
  });

  test.each([
    ["iam.amazonaws.com", true],
    ["iam.us-gov.amazonaws.com", true],
    ["iam.cn-north-1.amazonaws.com.cn", true],
    ["sts.eu-west-1.amazonaws.com", true],
    ["portal.sso.eu-west-1.amazonaws.com", true],
    ["oidc.us-east-1.amazonaws.com", true],
    ["127.0.0.1", true],
    ["iam.s3.amazonaws.com", false],
    ["oidc.s3.us-east-1.amazonaws.com", false],
    ["iam.example.com", false],
    ["lambda.us-east-1.amazonaws.com", false],
  ])("%s is where reads of IAM go: %s", (host, own) => {
    const check = (): void => checkAwsHost(host, false);
    if (own) expect(check).not.toThrow();
    else expect(check).toThrow(expect.objectContaining({ code: "aws-endpoint-overridden" }) as Error);
    expect(() => checkAwsHost(host, true)).not.toThrow();
  });

  test.each([
    ["sts.us-east-1.amazonaws.com", true],
    ["sts.amazonaws.com", true],
    ["sts-fips.us-gov-west-1.amazonaws.com", true],
    ["sts.cn-north-1.amazonaws.com.cn", true],
    ["sts.eu-west-1.api.aws", true],
    ["vpce-0abc-def.sts.us-east-1.vpce.amazonaws.com", true],
    ["sts.example.com", false],
    ["sts.s3.us-east-1.amazonaws.com", false],
    ["evil.s3.amazonaws.com", false],
    ["x.execute-api.us-east-1.amazonaws.com", false],
    ["sts.amazonaws.com.evil.example", false],
    ["stsXamazonaws.com", false],
    ["vpce-1.evil.us-east-1.vpce.amazonaws.com", false],
    // a bucket may be called sts
    ["sts.s3.amazonaws.com", false],
    ["sts.s3-accelerate.amazonaws.com", false],
  ])("%s is AWS' own: %s", (host, own) => {
    expect(isAwsSts(host)).toBe(own);
    if (own) expect(() => checkStsHost(host, false)).not.toThrow();
    else {
      expect(() => checkStsHost(host, false)).toThrow(
        expect.objectContaining({ code: "aws-endpoint-overridden" }) as Error,
      );
      expect(() => checkStsHost(host, true)).not.toThrow();
    }
  });
});

describe("the AWS config file", () => {
  const OURS = { credential_process: "/usr/bin/node cli.js", region: "eu-central-1" };

  test.each<[string, string, string]>([
    ["an empty file", "", "[profile lake]\ncredential_process = /usr/bin/node cli.js\nregion = eu-central-1\n"],
    [
      "another profile",
      "[default]\nregion = us-east-1\n",
      "[default]\nregion = us-east-1\n\n[profile lake]\ncredential_process = /usr/bin/node cli.js\nregion = " +
        "eu-central-1\n",
    ],
    [
      "no line end at the end",
      "[default]\nregion = us-east-1",
      "[default]\nregion = us-east-1\n\n[profile lake]\ncredential_process = /usr/bin/node cli.js\nregion = " +
        "eu-central-1\n",
    ],
    [
      "comments, nested settings and a profile after it",
      "# mine\n[profile lake]\n# keep\nregion=us-east-1\ns3 =\n  max_concurrent_requests = 20\n\n; " +
        "tail\n[profile z]\noutput = json\n",
      "# mine\n[profile lake]\n# keep\nregion = eu-central-1\ns3 =\n  max_concurrent_requests = " +
        "20\ncredential_process = /usr/bin/node cli.js\n\n; tail\n[profile z]\noutput = json\n",
    ],
    [
      "Windows line ends",
      "[profile lake]\r\nregion = x\r\n[default]\r\n",
      "[profile lake]\r\nregion = eu-central-1\r\ncredential_process = /usr/bin/node cli.js\r\n[default]\r\n",
    ],
    [
      "Windows line ends without a last one",
      "[default]\r\n[profile lake]\r\noutput = json",
      "[default]\r\n[profile lake]\r\noutput = json\r\ncredential_process = /usr/bin/node cli.js\r\nregion = " +
        "eu-central-1\r\n",
    ],
    [
      "a section indented as a whole",
      "[profile lake]\n    region = a\n    s3 =\n      region = nested\n[profile z]\n",
      "[profile lake]\n    region = eu-central-1\n    s3 =\n      region = nested\n    credential_process = " +
        "/usr/bin/node cli.js\n[profile z]\n",
    ],
    [
      "colons",
      "[profile lake]\nRegion: a\noutput:json\n",
      "[profile lake]\nregion = eu-central-1\noutput:json\ncredential_process = /usr/bin/node cli.js\n",
    ],
    [
      "what is as wanted, to the blank",
      "[profile lake]\nregion=eu-central-1 \ncredential_process  = /usr/bin/node cli.js",
      "[profile lake]\nregion=eu-central-1 \ncredential_process  = /usr/bin/node cli.js",
    ],
    [
      "a quoted name",
      '[ profile   "lake" ]\nregion = a\n',
      '[ profile   "lake" ]\nregion = eu-central-1\ncredential_process = /usr/bin/node cli.js\n',
    ],
    [
      "a setting given twice",
      "[profile lake]\nregion = a\nregion = b\ncredential_process = x\n",
      "[profile lake]\nregion = eu-central-1\nregion = eu-central-1\ncredential_process = /usr/bin/node cli.js\n",
    ],
    [
      "two sections of the name",
      "[profile lake]\nregion = a\n[profile lake]\nregion = b\n",
      "[profile lake]\nregion = a\n[profile lake]\nregion = eu-central-1\ncredential_process = /usr/bin/node cli.js\n",
    ],
  ])("keeps its every other byte: %s", (_name, before, after) => {
    expect(withSettings(before, "profile lake", OURS)).toBe(after);
  });

  const line = fc.oneof(
    fc.constantFrom(
      "[default]",
      "[profile other]",
      "[profile lake]",
      "# note",
      "",
      "region = us-east-1",
      "credential_process = old",
      "output=json",
      "s3 =",
      "  nested = 1",
      "junk",
      "[broken",
      "=x",
      "\tx = y",
    ),
    fc.string({ unit: "grapheme", maxLength: 12 }).map((text) => text.replace(/[\r\n]/g, "")),
  );

  test("has the settings afterwards whatever it was, and writing twice changes nothing more", () => {
    fc.assert(
      fc.property(
        fc.array(line, { maxLength: 20 }),
        fc.constantFrom("\n", "\r\n"),
        fc.boolean(),
        (lines, newline, ended) => {
          const before = lines.join(newline) + (ended ? newline : "");
          const after = withSettings(before, "profile lake", OURS);
          const section = readAwsFile(after).findLast(({ name }) => name === "profile lake");
          expect(section?.values.get("credential_process")).toBe(OURS.credential_process);
          expect(section?.values.get("region")).toBe(OURS.region);
          expect(withSettings(after, "profile lake", OURS)).toBe(after);
          // every line of the others is still there, in order
          const kept = before.split(/\r?\n/).filter((text) => !/^(?:region|credential_process)[ \t]*=/.test(text));
          let at = 0;
          const now = after.split(/\r?\n/);
          for (const text of kept) {
            const found = now.indexOf(text, at);
            expect(found).toBeGreaterThanOrEqual(at);
            at = found + 1;
          }
        },
      ),
    );
  });
});

describe("a cached session", () => {
  const MINUTE = 60_000;
  const hour = { obtained: 0, expires: 60 * MINUTE };
  test.each([
    [0, "fresh"],
    [43, "fresh"],
    [45, "aging"],
    [54, "aging"],
    [55, "over"],
    [61, "over"],
    [-6, "over"],
  ])("of an hour is, after %d minutes, %s", (minutes, age) => {
    expect(ageOf(hour, minutes * MINUTE)).toBe(age);
  });

  test("is never served within five minutes of its end, however long it lives", () => {
    fc.assert(
      fc.property(fc.integer({ min: 900, max: 43_200 }), fc.integer({ min: -1000, max: 50_000 }), (life, at) => {
        if (ageOf({ obtained: 0, expires: life * 1000 }, at * 1000) !== "over") expect(life - at).toBeGreaterThan(300);
      }),
    );
  });
});

describe("retrying", () => {
  const denied = new AwsRefusal("AccessDenied", "Not authorized", 403, {
    code: "aws-access-denied",
    message: "no",
    fix: "ask",
  });
  const throttled = new AwsRefusal("Throttling", "Rate exceeded", 400, {
    code: "aws-throttled",
    message: "busy",
    fix: "wait",
  });
  const invalid = new AwsRefusal("InvalidIdentityToken", "bad", 400, {
    code: "aws-invalid-token",
    message: "bad",
    fix: "look",
  });

  async function retried(
    failures: readonly (Error | null)[],
    newRoleWaitMs = 15_000,
  ): Promise<{ readonly calls: number; readonly waited: number; readonly result: string }> {
    let calls = 0;
    let time = 0;
    const result = await withRetry(
      async () => {
        const failure = failures[Math.min(calls, failures.length - 1)];
        calls += 1;
        if (failure instanceof Error) throw failure;
        return "in";
      },
      {
        newRoleWaitMs,
        sleep: async (milliseconds) => {
          time += milliseconds;
        },
        random: () => 1,
        clock: () => time,
      },
    ).catch((error: unknown) => (error as AwsRefusal).code);
    return { calls, waited: time, result };
  }

  test("outlasts the seconds a new role says no", async () => {
    const { result, waited } = await retried([denied, denied, denied, denied, denied, null]);
    expect(result).toBe("in");
    expect(waited).toBeGreaterThanOrEqual(11_000);
  });

  test("ends: a role that says no for good is believed after 15 seconds, or at once", async () => {
    expect(await retried([denied])).toMatchObject({ result: "aws-access-denied" });
    expect((await retried([denied])).waited).toBeLessThanOrEqual(15_000);
    expect(await retried([denied], 0)).toEqual({ calls: 1, waited: 0, result: "aws-access-denied" });
  });

  test("backs off before a throttling AWS, five calls at most", async () => {
    expect(await retried([throttled, throttled, null])).toMatchObject({ calls: 3, result: "in", waited: 1200 });
    expect(await retried([throttled])).toMatchObject({ calls: 5, result: "aws-throttled" });
  });

  test("gives a silent AWS up: no call begins after 30 seconds", async () => {
    let calls = 0;
    let time = 0;
    const silent = new OutsideError([{ code: "network-timeout", message: "", fix: "" }]);
    await expect(
      withRetry(
        async () => {
          calls += 1;
          time += 10_000;
          throw silent;
        },
        {
          newRoleWaitMs: 15_000,
          sleep: async (milliseconds) => {
            time += milliseconds;
          },
          random: () => 1,
          clock: () => time,
        },
      ),
    ).rejects.toBe(silent);
    expect(calls).toBe(3);
    expect(time).toBeLessThanOrEqual(40_000);
  });

  test.each([
    ["IDPCommunicationErrorException", "Error communicating to Identity Provider", "busy"],
    ["IDPCommunicationError", "Error communicating to Identity Provider", "busy"],
    [
      "InvalidIdentityTokenException",
      "Couldn't retrieve verification key from your identity provider,  please …",
      "busy",
    ],
    ["InvalidIdentityToken", "No OpenIDConnect provider found in your account for https://x", "new-role"],
    ["InvalidIdentityToken", "Missing a required claim: sub", "final"],
  ])("%s (%s) is %s", (name, message, kind) => {
    const code = awsErrorCode(name, 400) ?? "internal";
    expect(kindOfFailure(new AwsRefusal(name, message, 400, { code, message, fix: "" }))).toBe(kind);
  });

  test("does not repeat what cannot succeed", async () => {
    expect(await retried([invalid])).toEqual({ calls: 1, waited: 0, result: "aws-invalid-token" });
    expect(kindOfFailure(new Error("bug"))).toBe("final");
    expect(kindOfFailure(new OutsideError([{ code: "network-reset", message: "", fix: "" }]))).toBe("busy");
  });
});

describe("the role asked for", () => {
  const { federation } = parseFederation(readText("federation.yaml"));
  const key = federation.roles[0]?.key ?? "";
  const several = parseFederation(`
name: several
aws: { accounts: { prod: { accountId: "111122223333" }, dev: { accountId: "444455556666" } } }
issuers: { production: { level: workspace, host: mycompany.cloud.databricks.com, workspaceId: "1444828305810485" } }
roles:
  everywhere: { trusts: [{ issuer: production, users: [a@example.com] }] }
  only-prod: { accounts: [prod], path: /databricks/, trusts: [{ issuer: production, users: [a@example.com] }] }
`).federation;
  const unknownAccount = parseFederation(
    readText("federation.yaml").replace(/^ +accountId: "[0-9]{12}".*$/m, ""),
  ).federation;

  test("is the federation's, by key or by default", () => {
    expect(resolveRole({ role: key }, () => federation)).toEqual(resolveRole({}, () => federation));
    expect(resolveRole({ role: "only-prod" }, () => several).arn).toBe(
      "arn:aws:iam::111122223333:role/databricks/only-prod",
    );
    expect(resolveRole({ role: "everywhere", account: "dev" }, () => several).arn).toBe(
      "arn:aws:iam::444455556666:role/everywhere",
    );
    expect(resolveRole({ role: key, awsAccountId: "999999999999" }, () => unknownAccount).arn).toContain(
      ":999999999999:",
    );
  });

  test("by its ARN needs no federation", () => {
    const never = (): never => {
      throw new Error("read");
    };
    expect(resolveRole({ roleArn: "arn:aws-us-gov:iam::111122223333:role/x/y" }, never)).toMatchObject({
      partition: "aws-us-gov",
      targets: [],
    });
  });

  test.each([
    [{ role: "nope" }, federation, "role-not-found"],
    [{}, several, "role-ambiguous"],
    [{ role: "everywhere" }, several, "role-ambiguous"],
    [{ role: "only-prod", account: "dev" }, several, "account-not-found"],
    [{ role: key, roleArn: "arn:aws:iam::111122223333:role/x" }, federation, "role-ambiguous"],
    [{ roleArn: "arn:aws:iam::1:role/x" }, federation, "role-arn-invalid"],
    [{ role: key }, unknownAccount, "aws-account-unknown"],
    [{ role: key, awsAccountId: "1" }, unknownAccount, "aws-account-id-invalid"],
    [{ role: key, issuer: "toString" }, federation, "issuer-not-found"],
  ])("%j is refused with a code", (question, from, code) => {
    expect(() => resolveRole(question, () => from)).toThrow(expect.objectContaining({ code }) as Error);
  });
});

test.each([
  [3600, 2400],
  [900, 600],
  [600, 300],
  [301, 150.5],
  [100, 50],
  [-5, 5],
  [36_000, 24_000],
])("a token with %d s to live is renewed in %d s", (life, seconds) => {
  expect(renewIn(fakeToken({ exp: life }), 0)).toBeCloseTo(seconds * 1000, 0);
});

test("a machine that was suspended for hours notices within 20 seconds", async () => {
  let now = 0;
  const waits: number[] = [];
  await sleepByClock(
    50_000,
    new AbortController().signal,
    () => now,
    async (milliseconds) => {
      waits.push(milliseconds);
      now += waits.length === 2 ? 8 * 3_600_000 : milliseconds;
    },
  );
  expect(waits).toEqual([20_000, 20_000]);
});
