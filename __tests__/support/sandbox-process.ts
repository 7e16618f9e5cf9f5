/** The verb `sandbox` as a user starts it: a program of its own, read by its one line of JSON. */
import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { runProgram } from "./run-program";

export interface SandboxIdentity {
  readonly subject: string;
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly personalAccessToken: string | null;
  readonly declared: boolean;
}

interface ServedIssuer {
  readonly issuer: string;
  readonly url: string;
  readonly tokenEndpoint: string;
}

export interface SandboxDocument {
  readonly sts: string;
  readonly caFile: string | null;
  readonly issuers: Readonly<Record<string, ServedIssuer>>;
  readonly otherTenant: ServedIssuer;
  readonly identities: readonly SandboxIdentity[];
  readonly principals: readonly {
    readonly arn: string;
    readonly declared: boolean;
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken: string;
  }[];
  readonly serviceCredentials: readonly string[];
  readonly roles: readonly string[];
}

export interface SandboxProcess {
  readonly document: SandboxDocument;
  readonly child: ChildProcess;
  /** Everything said on stdout and stderr so far. */
  readonly said: () => { readonly stdout: string; readonly stderr: string };
  /** The exit code; null where a signal ended it. */
  readonly stop: (signal?: NodeJS.Signals) => Promise<number | null>;
}

/** `node CLI sandbox --json ARGS`, once it has said where it is. */
export async function startSandboxProcess(cli: string, args: readonly string[], cwd: string): Promise<SandboxProcess> {
  const child = spawn(process.execPath, [cli, "sandbox", "--json", ...args], {
    cwd,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const killAtExit = (): void => {
    child.kill("SIGKILL");
  };
  process.once("exit", killAtExit);
  const said = { stdout: "", stderr: "" };
  child.stdout.on("data", (chunk: Buffer) => {
    said.stdout += chunk.toString("utf8");
  });
  child.stderr.on("data", (chunk: Buffer) => {
    said.stderr += chunk.toString("utf8");
  });
  const ended = once(child, "exit").then(([code]) => {
    process.removeListener("exit", killAtExit);
    return code as number | null;
  });
  while (!said.stdout.includes("\n")) {
    const code = await Promise.race([ended, once(child.stdout, "data").then(() => undefined)]);
    if (code !== undefined) throw new Error(`sandbox ended with ${code ?? "a signal"}: ${said.stdout}${said.stderr}`);
  }
  return {
    document: JSON.parse(said.stdout) as SandboxDocument,
    child,
    said: () => ({ ...said }),
    stop: (signal = "SIGTERM") => {
      child.kill(signal);
      return ended;
    },
  };
}

/** A token by client credentials, at `endpoint` or where the identity belongs. */
export async function tokenFor(
  document: Pick<SandboxDocument, "issuers">,
  identity: SandboxIdentity | undefined,
  endpoint?: string,
): Promise<string> {
  if (identity === undefined) throw new Error("there is no such identity");
  const response = await fetch(endpoint ?? document.issuers[identity.issuer]?.tokenEndpoint ?? "", {
    method: "POST",
    body: new URLSearchParams({
      grant_type: "client_credentials",
      scope: "all-apis",
      client_id: identity.clientId,
      client_secret: identity.clientSecret,
    }),
  });
  const answer = (await response.json()) as { readonly access_token?: string };
  if (answer.access_token === undefined) throw new Error(`no token: ${JSON.stringify(answer)}`);
  return answer.access_token;
}

/** What a program that talks to AWS sees of the sandbox: its STS, and nothing else of this machine. */
export function awsEnvironment(
  document: Pick<SandboxDocument, "sts">,
  more: Readonly<Record<string, string>> = {},
): NodeJS.ProcessEnv {
  return {
    PATH: process.env["PATH"],
    HOME: "/nonexistent",
    AWS_ENDPOINT_URL_STS: document.sts,
    AWS_REGION: "us-east-1",
    AWS_DEFAULT_REGION: "us-east-1",
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_MAX_ATTEMPTS: "1",
    NO_PROXY: "127.0.0.1,localhost",
    no_proxy: "127.0.0.1,localhost",
    ...more,
  };
}

/**
 * What boto3 gets for each token, by the way of a container or a pod: ARN, or AWS' error text. One start of Python
 * for all.
 */
export async function boto3Answers(
  document: Pick<SandboxDocument, "sts">,
  roleArn: string,
  tokenFiles: readonly string[],
  cwd: string,
): Promise<readonly string[]> {
  const { stdout } = await runProgram("python3", ["-c", BOTO3, roleArn, ...tokenFiles], {
    cwd,
    env: awsEnvironment(document),
  });
  return JSON.parse(stdout) as readonly string[];
}

const BOTO3 = `
import boto3, json, os, sys
from botocore.exceptions import ClientError
answers = []
os.environ["AWS_ROLE_ARN"] = sys.argv[1]
os.environ["AWS_ROLE_SESSION_NAME"] = "boto3"
for file in sys.argv[2:]:
    os.environ["AWS_WEB_IDENTITY_TOKEN_FILE"] = file
    try:
        answers.append(boto3.session.Session().client("sts").get_caller_identity()["Arn"])
    except ClientError as error:
        answers.append(str(error))
print(json.dumps(answers))
`;
