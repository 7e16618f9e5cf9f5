/**
 * Run with `--expose-gc`: 20,000 mixed requests to a sandbox in this process, and its heap (bytes) along the way, as
 * JSON.
 */
import { Agent, request } from "node:http";
import { parseFederation } from "../../src/federation";
import { startSandbox } from "../../src/sandbox/sandbox";
import { directoryOfFederation } from "../../src/sandbox/directory/of-federation";

const [, , file = "", requests = "20000"] = process.argv;
const LANES = 40;

type Call = { readonly path: string; readonly method?: string; readonly body?: string; readonly type?: string };

async function main(): Promise<void> {
  const { readFileSync } = await import("node:fs");
  const directory = directoryOfFederation(parseFederation(readFileSync(file, "utf8"), { file }).federation);
  let told = 0;
  const sandbox = await startSandbox({
    directory,
    onRefusal: () => {
      told += 1;
    },
  });
  const agent = new Agent({ keepAlive: true, maxSockets: LANES });
  const send = ({
    path,
    method = "POST",
    body = "",
    type = "application/x-www-form-urlencoded",
  }: Call): Promise<{ status: number; text: string }> =>
    new Promise((resolve, reject) => {
      const outgoing = request(
        `${sandbox.sts}${path}`,
        { agent, method, headers: { "content-type": type, "content-length": Buffer.byteLength(body) } },
        (response) => {
          const chunks: Buffer[] = [];
          response
            .on("data", (chunk: Buffer) => chunks.push(chunk))
            .on("end", () =>
              resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString("utf8") }),
            );
        },
      );
      outgoing.on("error", reject).end(body);
    });
  const [own] = sandbox.identities;
  const stranger = sandbox.identities.find(({ declared }) => !declared);
  const credentials = (one: typeof own): string =>
    new URLSearchParams({
      grant_type: "client_credentials",
      client_id: one?.clientId ?? "",
      client_secret: one?.clientSecret ?? "",
    }).toString();
  const tokenPath = "/production/oidc/v1/token";
  const tokenOf = async (one: typeof own): Promise<string> =>
    (JSON.parse((await send({ path: tokenPath, body: credentials(one) })).text) as { access_token: string })
      .access_token;
  const assume = (token: string): string =>
    new URLSearchParams({
      Action: "AssumeRoleWithWebIdentity",
      Version: "2011-06-15",
      RoleArn: sandbox.roles[0] ?? "",
      RoleSessionName: "load",
      WebIdentityToken: token,
    }).toString();
  const [good, bad] = [assume(await tokenOf(own)), assume(await tokenOf(stranger))];
  const kinds: readonly (readonly [Call, number])[] = [
    [{ path: "/", body: good }, 200],
    [{ path: "/", body: good }, 200],
    [{ path: "/", body: good }, 200],
    [{ path: "/", body: bad }, 403],
    [{ path: tokenPath, body: credentials(own) }, 200],
    [{ path: tokenPath, body: "grant_type=client_credentials" }, 401],
    [{ path: "/production/oidc/.well-known/openid-configuration", method: "GET" }, 200],
    [
      {
        path:
          "/production/oidc/v1/authorize?client_id=x&redirect_uri=http://localhost&response_type=code&" +
          "code_challenge_method=S256&code_challenge=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU",
        method: "GET",
      },
      302,
    ],
    [{ path: "/", body: assume("eyJ.not.a-token") }, 400],
    [{ path: "/nothing/here", body: "{", type: "application/json" }, 404],
  ];
  const heap = (): number => {
    globalThis.gc?.();
    globalThis.gc?.();
    return process.memoryUsage().heapUsed;
  };
  const wrong: string[] = [];
  let sent = 0;
  const until = async (count: number): Promise<number> => {
    await Promise.all(
      Array.from({ length: LANES }, async () => {
        while (sent < count) {
          const [call, expected] = kinds[sent % kinds.length] ?? kinds[0] ?? [{ path: "/" }, 0];
          sent += 1;
          const { status } = await send(call);
          if (status !== expected && wrong.length < 5) wrong.push(`${call.path}: ${status}, not ${expected}`);
        }
      }),
    );
    return heap();
  };
  const total = Number(requests);
  const heaps = [await until(total / 4), await until(total / 2), await until(total)];
  agent.destroy();
  await sandbox.stop();
  process.stdout.write(JSON.stringify({ sent, told, wrong, heaps }));
}

void main();
