/**
 * Writes the same thing over and over until it is killed: `profile`, `token`, or a session in the cache: `cache`
 * by a client secret, `aws` by AWS' own token, `catalog` through Unity Catalog. Prints `writing` when it starts.
 */
import { writeProfile } from "../../src/credentials/aws-profile";
import { TEMPORARY_CREDENTIALS_PATH } from "../../src/credentials/catalog-session";
import { getSession } from "../../src/credentials/session";
import type { SessionOptions } from "../../src/credentials/session";
import { renewTokenFile } from "../../src/credentials/token-file";
import { secret } from "../../src/text/secret";
import { processEnvironment } from "../../src/network/environment";

const [what = "", folder = ""] = process.argv.slice(2);
const environment = processEnvironment();

async function once(round: number): Promise<void> {
  if (what === "profile") {
    await writeProfile({
      environment,
      name: "lake",
      command: ["/usr/bin/node", `/opt/${"x".repeat(round % 50)}.js`],
      region: "us-east-1",
    });
  } else {
    const common = {
      // what is there counts as ageing, so that it is always renewed
      environment: { ...environment, now: () => Date.now() + 50 * 60_000 },
      region: "us-east-1",
      token: what === "aws" ? { from: "aws" as const } : {},
      retry: { newRoleWaitMs: 0 },
      cache: { folder, callKey: "c".repeat(64) },
    } as const;
    const webIdentity: SessionOptions = {
      ...common,
      via: "web-identity",
      // another session each time, always by the same call: its file is rewritten
      sessionName: `round-${round % 7}`,
      role: {
        arn: "arn:aws:iam::111122223333:role/lake-reader",
        partition: "aws",
        region: null,
        maxSessionDuration: null,
        targets: [],
      },
    };
    const url = new URL(`${environment.env["DATABRICKS_HOST"] ?? ""}${TEMPORARY_CREDENTIALS_PATH}`);
    const catalog: SessionOptions = { ...common, via: "unity-catalog", credential: "lake", url, targets: [] };
    await getSession(what === "catalog" ? catalog : webIdentity);
  }
}

async function main(): Promise<void> {
  process.stdout.write("writing\n");
  if (what === "token") {
    let round = 0;
    await renewTokenFile({
      file: folder,
      now: Date.now,
      stop: new AbortController().signal,
      note: () => undefined,
      sleep: () => new Promise((resolve) => setImmediate(resolve)),
      obtain: async () => ({
        token: secret(`eyJ${String((round += 1) % 10).repeat(2000)}.e.s`),
        source: "env",
        place: "",
        opaque: false,
        skipped: [],
      }),
    });
  }
  for (let round = 0; ; round += 1) await once(round);
}

void main();
