import { type ChildProcess, spawn } from "node:child_process";
import { findOnPath } from "./found-programs";

export interface MotoOptions {
  /** The AWS account moto pretends to be; default 111122223333, as in the committed federation.yaml. */
  readonly accountId?: string;
  /** Load AWS' own managed policies (slower to start); without it only policies made in the test exist. */
  readonly awsManagedPolicies?: boolean;
  /** After so many calls, each call needs the permission of an identity policy (of whose conditions moto knows few). */
  readonly callsWithoutPermission?: number;
}

/** A local AWS: real create, read, update and delete for IAM and S3. It does not judge web identity. */
export interface Moto {
  /** `http://127.0.0.1:<port>` */
  readonly endpoint: string;
  readonly accountId: string;
  /** For Terraform, AWS SDKs and the AWS CLI: this endpoint, keys that open nothing, no metadata service. */
  readonly env: Readonly<Record<string, string>>;
  /** Forgets everything that was created, without a restart. */
  readonly reset: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

const START_TIMEOUT_MS = 60_000;

/** Starts `moto_server` on a free loopback port and waits until it answers. */
export async function startMoto(options: MotoOptions = {}): Promise<Moto> {
  const accountId = options.accountId ?? "111122223333";
  const child = spawn(findOnPath("moto_server") ?? "moto_server", ["-H", "127.0.0.1", "-p", "0"], {
    env: {
      ...process.env,
      MOTO_ACCOUNT_ID: accountId,
      ...(options.awsManagedPolicies === true ? { MOTO_IAM_LOAD_MANAGED_POLICIES: "true" } : {}),
      ...(options.callsWithoutPermission === undefined
        ? {}
        : { INITIAL_NO_AUTH_ACTION_COUNT: String(options.callsWithoutPermission) }),
      PYTHONUNBUFFERED: "1",
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  // Also when the test process is ended from outside: no server stays behind.
  const killAtExit = () => child.kill("SIGKILL");
  process.once("exit", killAtExit);
  const stop = async () => {
    process.removeListener("exit", killAtExit);
    await end(child);
  };
  try {
    const endpoint = await announcedEndpoint(child);
    await fetch(`${endpoint}/moto-api/data.json`);
    return {
      endpoint,
      accountId,
      env: localAwsEnvironment(endpoint),
      reset: async () => {
        await fetch(`${endpoint}/moto-api/reset`, { method: "POST" });
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function localAwsEnvironment(endpoint: string): Readonly<Record<string, string>> {
  return {
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: "testing",
    AWS_SECRET_ACCESS_KEY: "testing",
    AWS_REGION: "us-east-1",
    AWS_EC2_METADATA_DISABLED: "true",
    NO_PROXY: "127.0.0.1,localhost",
    no_proxy: "127.0.0.1,localhost",
  };
}

/** The server picks the port itself, so that two test files never race for one, and says which. */
function announcedEndpoint(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = "";
    const timer = setTimeout(() => reject(new Error(`moto_server did not start:\n${said}`)), START_TIMEOUT_MS);
    const listen = (chunk: Buffer) => {
      if (said.length > 10_000) return; // keeps draining, so that a full pipe never blocks the server
      said += chunk.toString("utf8");
      const endpoint = /Running on (http:\/\/127\.0\.0\.1:\d+)/.exec(said)?.[1];
      if (endpoint === undefined) return;
      clearTimeout(timer);
      resolve(endpoint);
    };
    child.stdout?.on("data", listen);
    child.stderr?.on("data", listen);
    child.once("error", reject);
    child.once("exit", (code) => {
      clearTimeout(timer);
      reject(new Error(`moto_server ended with ${code ?? "a signal"}:\n${said}`));
    });
  });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  const forced = setTimeout(() => child.kill("SIGKILL"), 3_000);
  await ended;
  clearTimeout(forced);
}
