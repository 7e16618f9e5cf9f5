/** Requests that the exact engine names as the difference of two policies, made by the AWS CLI against the sandbox. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { readFederation } from "../../src/federation/read";
import { directoryOfFederation } from "../../src/sandbox/directory/of-federation";
import type { SimulatedDirectory } from "../../src/sandbox/directory/directory";
import type { Sandbox } from "../../src/sandbox/sandbox";
import { startSandbox } from "../../src/sandbox/sandbox";
import { databricksClaims } from "../../src/sts/databricks-claims";
import { compilePolicy } from "../../src/trust/decide/decide";
import type { PolicyDocument } from "../../src/trust/decide/document";
import { readPolicy } from "../../src/trust/decide/document";
import type { Domain } from "../../src/trust/exact/domain";
import { compare } from "../../src/trust/exact/compare";
import type { Witness } from "../../src/trust/exact/request";
import { runProgram } from "../support/run-program";
import { awsEnvironment } from "../support/sandbox-process";
import { temporaryFolder } from "../support/temporary-folder";

jest.setTimeout(900_000);

const PATH = "mycompany.cloud.databricks.com/oidc";
const AUDIENCE = "1444828305810485";
const SUB = `${PATH}:sub`;
type Block = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

function policyOf(allow: readonly Block[], deny: readonly Block[] = []): PolicyDocument {
  const statement = (Effect: string, condition: Block): object => ({
    Effect,
    Action: "sts:AssumeRoleWithWebIdentity",
    Principal: { Federated: `arn:aws:iam::111122223333:oidc-provider/${PATH}` },
    Condition: condition,
  });
  const read = readPolicy({
    Version: "2012-10-17",
    Statement: [...allow.map((block) => statement("Allow", block)), ...deny.map((block) => statement("Deny", block))],
  });
  if (!read.ok) throw new Error(read.why);
  return read.policy;
}

const is = (sub: string | readonly string[]): Block => ({ StringEquals: { [SUB]: sub } });
const network = (block: string | readonly string[], region: string | readonly string[]): Block => ({
  StringEquals: { [SUB]: "alice@example.com", "aws:RequestedRegion": region },
  IpAddress: { "aws:SourceIp": block },
});

/** Each first policy allows a request that the second refuses. */
const PAIRS: readonly (readonly [string, PolicyDocument, PolicyDocument])[] = [
  ["a subject more", policyOf([is(["alice@example.com", "bob@example.com"])]), policyOf([is("alice@example.com")])],
  [
    "a pattern that ends in less",
    policyOf([{ StringLike: { [SUB]: "*data.example.com" } }]),
    policyOf([{ StringLike: { [SUB]: "*@data.example.com" } }]),
  ],
  [
    "two statements merged into one",
    policyOf([network(["203.0.113.0/24", "198.51.100.0/24"], ["us-east-1", "eu-west-1"])]),
    policyOf([network("203.0.113.0/24", "us-east-1"), network("198.51.100.0/24", "eu-west-1")]),
  ],
  [
    "the last address of a network",
    policyOf([network("203.0.113.0/24", "r")]),
    policyOf([network("203.0.113.0/25", "r")]),
  ],
  [
    "a Deny that asks for a second thing",
    policyOf([is("alice@example.com")], [{ StringEquals: { [SUB]: "alice@example.com", "aws:SourceVpce": "vpce-1" } }]),
    policyOf([is("alice@example.com")], [{ StringEquals: { [SUB]: "alice@example.com" } }]),
  ],
  [
    "a condition that a missing key passes",
    policyOf([{ ...is("alice@example.com"), StringEqualsIfExists: { "aws:SourceVpc": "vpc-1" } }]),
    policyOf([{ StringEquals: { [SUB]: "alice@example.com", "aws:SourceVpc": "vpc-1" } }]),
  ],
];

let folder: string;
beforeAll(() => {
  folder = temporaryFolder("witness");
});

function roleOf(policy: PolicyDocument): SimulatedDirectory {
  const { federation } = readFederation({
    name: "witness",
    aws: { accountId: "111122223333" },
    issuers: { production: { level: "workspace", host: "mycompany.cloud.databricks.com", workspaceId: AUDIENCE } },
    roles: { reader: { trusts: [{ issuer: "production", users: ["alice@example.com"] }] } },
  });
  const directory = directoryOfFederation(federation);
  const accounts = directory.accounts.map((account) => ({
    ...account,
    roles: account.roles.map((role) => ({ ...role, trust: compilePolicy(policy) })),
  }));
  return { ...directory, accounts };
}

/** What the AWS CLI gets for the request: the ARN of the session, or the code of AWS' error. */
async function assume(policy: PolicyDocument, { claims, context }: Witness): Promise<string> {
  const sandbox: Sandbox = await startSandbox({ directory: roleOf(policy), context });
  try {
    const token = join(folder, "token.jwt");
    const [subject = ""] = claims["sub"] ?? [];
    const facts = {
      issuer: `https://${PATH}`,
      audience: AUDIENCE,
      subject,
      clientId: "databricks-cli",
      scope: "all-apis",
    };
    const now = Math.floor(Date.now() / 1000);
    writeFileSync(token, await sandbox.sign(databricksClaims({ ...facts, id: "x", now })));
    const { exitCode, stdout, stderr } = await runProgram(
      "aws",
      [
        ...["sts", "assume-role-with-web-identity", "--role-arn", "arn:aws:iam::111122223333:role/reader"],
        ...["--role-session-name", context["sts:RoleSessionName"]?.[0] ?? "cli"],
        ...["--web-identity-token", `file://${token}`, "--query", "AssumedRoleUser.Arn", "--output", "text"],
      ],
      { cwd: folder, env: awsEnvironment({ sts: sandbox.sts }), accept: [0, 254, 255] },
    );
    return exitCode === 0 ? stdout.trim() : (/\((\w+)\)/.exec(stderr)?.[1] ?? stderr);
  } finally {
    await sandbox.stop();
  }
}

test.each(PAIRS)("%s: the request gets a session by the one policy and none by the other", async (_, wide, narrow) => {
  const fixed = new Map<string, Domain>([
    [`${PATH}:aud`, { kind: "values", values: [AUDIENCE] }],
    ["sts:rolesessionname", { kind: "values", values: ["cli"] }],
  ]);
  const comparison = compare(wide, narrow, { fixed });
  if (comparison.kind !== "wider") throw new Error(`it is ${comparison.kind}`);
  expect(await assume(wide, comparison.witness)).toBe("arn:aws:sts::111122223333:assumed-role/reader/cli");
  expect(await assume(narrow, comparison.witness)).toBe("AccessDenied");
  expect(compare(narrow, wide, { fixed }).kind).toBe("none");
});
