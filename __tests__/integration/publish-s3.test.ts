/** Publishing into a bucket of a local S3: what arrives is a whole registry, however often it broke off. */
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { FederationError } from "../../src/errors";
import { publishToS3, readPrefix } from "../../src/registry/publish/s3";
import { openS3 } from "../../src/registry/publish/s3-client";
import { verifyFolder } from "../../src/registry/publish/verify-folder";
import { buildCli } from "../support/built-cli";
import type { Moto } from "../support/moto";
import { startMoto } from "../support/moto";
import { smallRelease, writeSmallRelease } from "../support/release";
import { describeWith } from "../support/requirements";
import { runProgram } from "../support/run-program";
import { temporaryFolder } from "../support/temporary-folder";

describeWith({ moto: true }, "publishing into a bucket", () => {
  let moto: Moto;
  let client: S3Client;
  let bucket: string;
  let made = 0;

  beforeAll(async () => {
    moto = await startMoto();
    client = new S3Client({
      endpoint: moto.endpoint,
      region: "us-east-1",
      forcePathStyle: true,
      credentials: { accessKeyId: "testing", secretAccessKey: "testing" },
    });
  });
  beforeEach(async () => {
    bucket = `registry-${(made += 1)}`;
    await client.send(new CreateBucketCommand({ Bucket: bucket }));
  });
  afterAll(async () => {
    client.destroy();
    await moto.stop();
  });

  /** The client, counting what is put, and failing from the put number `failAt` on. */
  function counting(failAt = Infinity): { readonly client: S3Client; readonly puts: string[] } {
    const puts: string[] = [];
    const send = async (command: Parameters<S3Client["send"]>[0]): Promise<unknown> => {
      if (command instanceof PutObjectCommand) {
        if (puts.length >= failAt) throw Object.assign(new Error("the line is cut"), { name: "TimeoutError" });
        puts.push(command.input.Key ?? "");
      }
      return client.send(command as PutObjectCommand);
    };
    return { client: { send } as unknown as S3Client, puts };
  }

  const acme = (prefix = "") => ({ bucket, prefix, namespace: "acme" });

  async function keys(): Promise<readonly string[]> {
    const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: bucket }));
    return Contents.map(({ Key }) => Key ?? "");
  }

  /** Everything in the bucket as a folder. */
  async function downloaded(prefix = ""): Promise<string> {
    const folder = temporaryFolder("bucket");
    for (const key of await keys()) {
      const file = join(folder, key.slice(prefix.length));
      mkdirSync(dirname(file), { recursive: true });
      const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      writeFileSync(file, (await Body?.transformToByteArray()) ?? "");
    }
    return folder;
  }

  const codeOf = (work: Promise<unknown>): Promise<unknown> =>
    work.then(
      () => "none",
      (error: unknown) => (error instanceof FederationError ? error.code : error),
    );

  test("a dry run lists the objects and puts none; then they are there, typed, and a whole registry", async () => {
    const release = await smallRelease("1.0.0");
    const planned = await publishToS3(client, release, { ...acme("a/b"), dryRun: true });
    expect(await keys()).toEqual([]);
    const { files } = await publishToS3(client, release, acme("a/b"));
    expect(files).toEqual(planned.files);
    expect(await keys()).toEqual([...files].sort());
    const { ContentType, CacheControl } = await client.send(
      new GetObjectCommand({ Bucket: bucket, Key: "a/b/v1/modules/acme/one-role/aws/1.0.0/download" }),
    );
    expect([ContentType, CacheControl]).toEqual(["application/json", "no-cache"]);
    expect(await verifyFolder(await downloaded("a/b/"))).toEqual({ problems: [], modules: 2, versions: 2 });
  });

  test("archives come before the lists that name them", async () => {
    const { client: counted, puts } = counting();
    await publishToS3(counted, await smallRelease("1.0.0"), acme());
    const first = (name: string): number => puts.findIndex((key) => key.endsWith(name));
    const last = (name: string): number => puts.length - 1 - [...puts].reverse().findIndex((key) => key.endsWith(name));
    expect(last("module.tar.gz")).toBeLessThan(first("/versions"));
    expect(last("/download")).toBeLessThan(first("/versions"));
    expect(puts.at(-1)).toBe("SHA256SUMS");
  });

  test("the same again puts nothing; other bytes are refused and put nothing", async () => {
    await publishToS3(client, await smallRelease("1.0.0"), acme());
    const { client: counted, puts } = counting();
    expect(
      (await publishToS3(counted, await smallRelease("1.0.0"), acme())).changes.map(({ change }) => change),
    ).toEqual(["none", "none"]);
    expect(await codeOf(publishToS3(counted, await smallRelease("1.0.0", { text: "# other\n" }), acme()))).toBe(
      "registry-version-taken",
    );
    expect(puts).toEqual([]);
  });

  test("broken off at any put, it goes on where it stopped and puts nothing twice", async () => {
    await publishToS3(client, await smallRelease("1.0.0"), acme());
    const { client: whole, puts: all } = counting();
    await publishToS3(whole, await smallRelease("1.1.0"), acme());
    for (let failAt = 0; failAt < all.length; failAt += 2) {
      const version = `1.${failAt + 2}.0`;
      const { client: cut, puts: before } = counting(failAt);
      expect(await codeOf(publishToS3(cut, await smallRelease(version), acme()))).toBe("s3-failed");
      const { client: again, puts: after } = counting();
      await publishToS3(again, await smallRelease(version), acme());
      expect([...before, ...after].sort()).toEqual(all.map((key) => key.replace("/1.1.0/", `/${version}/`)).sort());
    }
    expect((await verifyFolder(await downloaded())).problems).toEqual([]);
  });

  test("what a broken-off publish put is not overwritten with other bytes", async () => {
    await publishToS3(client, await smallRelease("1.0.0"), acme());
    const { client: cut } = counting(1);
    expect(await codeOf(publishToS3(cut, await smallRelease("1.1.0"), acme()))).toBe("s3-failed");
    expect(await codeOf(publishToS3(client, await smallRelease("1.1.0", { text: "# other\n" }), acme()))).toBe(
      "registry-version-taken",
    );
  });

  test("two at once lose nothing", async () => {
    await publishToS3(client, await smallRelease("1.0.0"), acme());
    await Promise.all(
      ["1.1.0", "1.2.0"].map(async (version) => publishToS3(client, await smallRelease(version), acme())),
    );
    expect(await verifyFolder(await downloaded())).toEqual({ problems: [], modules: 2, versions: 6 });
  });

  test("the verb publishes there, and a missing bucket is reported", async () => {
    const cli = await buildCli(["publish"]);
    const from = await writeSmallRelease(temporaryFolder("release"), "1.0.0");
    const publish = (name: string, accept: number) =>
      runProgram(
        process.execPath,
        [
          cli,
          "publish",
          "--release",
          from,
          "--to",
          "s3",
          "--bucket",
          name,
          "--namespace",
          "acme",
          "--endpoint",
          moto.endpoint,
          "--json",
        ],
        { cwd: from, env: { ...process.env, ...moto.env }, accept: [accept] },
      );
    const { changes } = JSON.parse((await publish(bucket, 0)).stdout) as {
      readonly changes: readonly { readonly change: string }[];
    };
    expect(changes.map(({ change }) => change)).toEqual(["add", "add"]);
    expect((await verifyFolder(await downloaded())).problems).toEqual([]);
    const refused = await publish("no-such-bucket", 3);
    expect(refused.stdout).toContain("s3-failed");
    expect(refused.stderr).not.toMatch(/^[ \t]+at /m);
  });

  test.each(["../up", "a//b", "a b", ".hidden", "a/../b"])("the prefix %j is refused", (prefix) => {
    expect(() => readPrefix(prefix)).toThrow(expect.objectContaining({ code: "registry-prefix-invalid" }));
  });

  test.each(["http://s3.example.com", "ftp://127.0.0.1", "not a url", "https://me:secret@s3.example.com"])(
    "credentials are not signed for the endpoint %j",
    (endpoint) => {
      expect(() => openS3(endpoint, "us-east-1")).toThrow(expect.objectContaining({ code: "url-not-https" }));
    },
  );
});
