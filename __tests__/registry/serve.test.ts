import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import type { IncomingHttpHeaders } from "node:http";
import { request } from "node:http";
import { join } from "node:path";
import fc from "fast-check";
import { FederationError } from "../../src/errors";
import { publishToFolder } from "../../src/registry/publish/folder";
import { fileResponse } from "../../src/registry/serve/file-response";
import { readPort } from "../../src/network/loopback-server";
import type { RunningServer } from "../../src/registry/serve/server";
import { readTls, serveRegistry } from "../../src/registry/serve/server";
import { smallRelease } from "../support/release";
import { temporaryFolder } from "../support/temporary-folder";
import { runs } from "../support/runs";

interface Got {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** A request whose path goes out exactly as written. */
function ask(
  server: RunningServer,
  path: string,
  headers: Readonly<Record<string, string>> = {},
  method = "GET",
): Promise<Got> {
  const { hostname, port } = new URL(server.url);
  return new Promise((resolve, reject) => {
    const outgoing = request({ hostname, port, path, headers, method, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
      );
    });
    outgoing.on("error", reject);
    outgoing.end();
  });
}

const folder = join(temporaryFolder("served"), "registry");
const VERSION = "/v1/modules/acme/one-role/aws/1.0.0";
let server: RunningServer;
let archive: Buffer;

beforeAll(async () => {
  const release = await smallRelease("1.0.0");
  archive = release.archives.get("one-role") ?? Buffer.alloc(0);
  await publishToFolder(folder, release, { namespace: "acme" });
  writeFileSync(join(folder, "..", "secret"), "secret");
  writeFileSync(join(folder, ".hidden"), "hidden");
  symlinkSync("../secret", join(folder, "leak"));
  symlinkSync("..", join(folder, "up"));
  symlinkSync("index.html", join(folder, "front.html"));
  mkdirSync(join(folder, "empty"));
  server = await serveRegistry({ folder, port: 0 });
});

afterAll(() => server.close());

test("each kind of file has its type, and downloads have Terraform's header", async () => {
  const types = await Promise.all(
    [
      "/",
      "/.well-known/terraform.json",
      "/v1/modules/acme/one-role/aws/versions",
      `${VERSION}/download`,
      `${VERSION}/module.tar.gz`,
      "/SHA256SUMS",
    ].map((path) => ask(server, path)),
  );
  expect(types.map(({ status, headers }) => [status, headers["content-type"], headers["x-terraform-get"]])).toEqual([
    [200, "text/html; charset=utf-8", undefined],
    [200, "application/json", undefined],
    [200, "application/json", undefined],
    [200, "application/json", "./module.tar.gz"],
    [200, "application/gzip", undefined],
    [200, "text/plain; charset=utf-8", undefined],
  ]);
  expect(types[4]?.body.equals(archive)).toBe(true);
});

test("HEAD has the headers of GET and no body; other methods are refused", async () => {
  const head = await ask(server, `${VERSION}/module.tar.gz`, {}, "HEAD");
  expect([head.status, head.headers["content-length"], head.body.length]).toEqual([200, String(archive.length), 0]);
  const part = await ask(server, `${VERSION}/module.tar.gz`, { range: "bytes=0-9" }, "HEAD");
  expect([part.status, part.headers["content-length"], part.headers["content-range"]]).toEqual([
    200,
    String(archive.length),
    undefined,
  ]);
  const post = await ask(server, "/", {}, "POST");
  expect([post.status, post.headers.allow]).toEqual([405, "GET, HEAD"]);
});

test("who has the file already is reported", async () => {
  const {
    headers: { etag = "" },
  } = await ask(server, "/index.html");
  expect((await ask(server, "/index.html", { "if-none-match": etag })).status).toBe(304);
  expect((await ask(server, "/index.html", { "if-none-match": `"x", W/${etag}` })).status).toBe(304);
  expect((await ask(server, "/index.html", { "if-none-match": '"other"' })).status).toBe(200);
});

test.each([
  ["bytes=0-9", 206, (all: Buffer) => all.subarray(0, 10)],
  ["bytes=10-", 206, (all: Buffer) => all.subarray(10)],
  ["bytes=-5", 206, (all: Buffer) => all.subarray(-5)],
  ["bytes=0-999999999", 206, (all: Buffer) => all],
  ["bytes=999999999-", 416, () => Buffer.alloc(0)],
  ["bytes=-0", 416, () => Buffer.alloc(0)],
  ["bytes=5-4", 200, (all: Buffer) => all],
  ["bytes=0-1,4-5", 200, (all: Buffer) => all],
  ["bytes=-", 200, (all: Buffer) => all],
  ["lines=1-2", 200, (all: Buffer) => all],
])("the range %j is answered with %i", async (range, status, part) => {
  const got = await ask(server, `${VERSION}/module.tar.gz`, { range });
  expect(got.status).toBe(status);
  expect(got.body.equals(part(archive))).toBe(true);
});

test("a range of another state of the file gets the whole file", async () => {
  expect((await ask(server, `${VERSION}/module.tar.gz`, { range: "bytes=0-1", "if-range": '"other"' })).status).toBe(
    200,
  );
});

test("any range whatever is whole, a part that fits, or nothing", () => {
  fc.assert(
    fc.property(fc.nat(50), fc.string(), fc.option(fc.nat(60)), fc.option(fc.nat(60)), (size, other, from, to) => {
      const range = from === null && to === null ? other : `bytes=${from ?? ""}-${to ?? ""}`;
      const answer = fileResponse(
        { path: "index.html", size, etag: '"e"', modified: new Date(0) },
        { method: "GET", headers: { range } },
      );
      if (answer.range === undefined) return answer.headers["content-length"] === "0";
      return (
        answer.range.from >= 0 &&
        answer.range.to < size &&
        answer.range.from <= answer.range.to &&
        answer.headers["content-length"] === String(answer.range.to - answer.range.from + 1)
      );
    }),
  );
});

const OUTSIDE = [
  "/../secret",
  "/%2e%2e/secret",
  "/..%2fsecret",
  "/v1/../../secret",
  "/leak",
  "/up/secret",
  "/.hidden",
  "/%2ehidden",
  "/v1",
  "/empty/",
  "/empty",
  "/v1/",
  "//etc/passwd",
  "/%00",
  "/index.html%00",
  "/\\..\\secret",
  "/%",
  "/index.html/",
  "*",
  `http://127.0.0.1/../secret`,
  "/.well-known",
  "/.well-known/..%2f.hidden",
  `/${"a/".repeat(2000)}`,
];

test.each(OUTSIDE)("%j finds nothing", async (path) => {
  const got = await ask(server, path);
  expect([got.status, got.body.toString("utf8")]).toEqual([404, "Not found\n"]);
});

test("no path whatever leads to the file beside the registry", async () => {
  const piece = fc.constantFrom("..", ".", "/", "%2f", "%2e", "secret", "v1", "up", "leak", "%5c", "%00", "//");
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 8 }), async (pieces) => {
      expect((await ask(server, `/${pieces.join("")}`)).body.toString("utf8")).not.toContain("secret");
    }),
    { numRuns: runs(60) },
  );
});

test("a link that stays inside is followed", async () => {
  expect((await ask(server, "/front.html")).status).toBe(200);
});

test("a query changes nothing, and the log shows no control characters", async () => {
  const lines: string[] = [];
  const logging = await serveRegistry({ folder, port: 0, log: (line) => lines.push(line) });
  expect((await ask(logging, "/?a=\u001b[31m".replace("\u001b", "%1b"))).status).toBe(200);
  await logging.close();
  expect(lines).toEqual(["200 GET /?a=%1b[31m"]);
});

test("a registry below a path is served there, its discovery document at the root", async () => {
  const moved = join(temporaryFolder("moved"), "registry");
  await publishToFolder(moved, await smallRelease("1.0.0"), {
    namespace: "acme",
    site: { host: "acme.example", basePath: "/terraform/" },
  });
  const below = await serveRegistry({ folder: moved, port: 0 });
  const paths = [
    "/.well-known/terraform.json",
    "/terraform/index.html",
    "/terraform/",
    `/terraform${VERSION}/download`,
    "/index.html",
    `${VERSION}/download`,
  ];
  expect(await Promise.all(paths.map(async (path) => (await ask(below, path)).status))).toEqual([
    200, 200, 200, 200, 404, 404,
  ]);
  await below.close();
});

test.each([
  [
    "a folder without a registry",
    () => serveRegistry({ folder: temporaryFolder("none"), port: 0 }),
    "registry-missing",
  ],
  ["a port that is taken", () => serveRegistry({ folder, port: Number(new URL(server.url).port) }), "port-unusable"],
  [
    "what is no certificate",
    () => serveRegistry({ folder, port: 0, tls: { cert: "x", key: "hunter22" } }),
    "tls-invalid",
  ],
  ["a port that is none", async () => readPort("80a"), "port-invalid"],
  ["a certificate without its key", async () => readTls("cert.pem", undefined), "tls-invalid"],
  ["a certificate that is not there", async () => readTls("/nonexistent/c", "/nonexistent/k"), "file-not-found"],
])("%s is refused with a code", async (_what, start, code) => {
  const error = await start().then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(FederationError);
  expect((error as FederationError).code).toBe(code);
  expect(String(error)).not.toContain("hunter22");
});
