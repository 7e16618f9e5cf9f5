/** Adopting an account of 1,000 roles whose IAM answers in pages and throttles. */
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parse } from "yaml";
import { type FaultServer, startFaultServer } from "../support/fault-server";
import { runProgram } from "../support/run-program";
import { temporaryFolder } from "../support/temporary-folder";

const REPOSITORY = resolve(__dirname, "..", "..");
const CLI = [join(REPOSITORY, "node_modules", "tsx", "dist", "cli.mjs"), join(REPOSITORY, "src", "cli", "cli.ts")];
const PATH = "mycompany.cloud.databricks.com/oidc";
const PROVIDER = `arn:aws:iam::111122223333:oidc-provider/${PATH}`;
const ROLES = 1000;

jest.setTimeout(300_000);

function trust(index: number): string {
  const subject = `6a9f1c2e-3b4d-4e5f-8a7b-${String(index).padStart(12, "0")}`;
  return encodeURIComponent(
    JSON.stringify({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Principal: { Federated: PROVIDER },
          Action: "sts:AssumeRoleWithWebIdentity",
          Condition: { StringEquals: { [`${PATH}:aud`]: "1444828305810485", [`${PATH}:sub`]: subject } },
        },
      ],
    }),
  );
}

function role(index: number): string {
  const name = `role-${index}`;
  return (
    `<Path>/</Path><RoleName>${name}</RoleName><RoleId>AROAEXAMPLE${index}</RoleId>` +
    `<Arn>arn:aws:iam::111122223333:role/${name}</Arn><CreateDate>2026-01-01T00:00:00Z</CreateDate>` +
    `<AssumeRolePolicyDocument>${trust(index)}</AssumeRolePolicyDocument>`
  );
}

/** A page that begins at `marker`, of `size` members. */
function page(marker: string, size: number, member: (index: number) => string): string {
  const start = Number(marker || "0");
  const end = Math.min(ROLES, start + size);
  const members = Array.from({ length: end - start }, (_, offset) => `<member>${member(start + offset)}</member>`);
  const more =
    end < ROLES ? `<IsTruncated>true</IsTruncated><Marker>${end}</Marker>` : "<IsTruncated>false</IsTruncated>";
  return `${members.join("")}|${more}`;
}

function answer(action: string, marker: string): string {
  if (action === "ListOpenIDConnectProviders")
    return `<OpenIDConnectProviderList><member><Arn>${PROVIDER}</Arn></member></OpenIDConnectProviderList>`;
  if (action === "GetOpenIDConnectProvider")
    return `<Url>${PATH}</Url><ClientIDList><member>1444828305810485</member></ClientIDList><ThumbprintList/>`;
  if (action === "GetAccountAuthorizationDetails") {
    const [members = "", more = ""] = page(marker, 100, role).split("|");
    return `<RoleDetailList>${members}</RoleDetailList>${more}`;
  }
  const [members = "", more = ""] = page(
    marker,
    500,
    (index) => `${role(index)}<MaxSessionDuration>7200</MaxSessionDuration>`,
  ).split("|");
  return `<Roles>${members}</Roles>${more}`;
}

describe("adopt --aws", () => {
  let server: FaultServer;
  /** How often each page was requested, by action and marker. */
  const requests = new Map<string, number>();

  beforeAll(async () => {
    server = await startFaultServer((_, response, body) => {
      const form = new URLSearchParams(body);
      const [action, marker] = [form.get("Action") ?? "", form.get("Marker") ?? ""];
      const key = `${action} ${marker}`;
      const count = (requests.get(key) ?? 0) + 1;
      requests.set(key, count);
      response.setHeader("content-type", "text/xml");
      if (count === 1 && Number(marker || "0") % 300 === 0)
        response
          .writeHead(400)
          .end(
            "<ErrorResponse><Error><Type>Sender</Type><Code>Throttling</Code><Message>Rate exceeded</Message></Error>" +
              "<RequestId>1</RequestId></ErrorResponse>",
          );
      else
        response.end(
          `<${action}Response><${action}Result>${answer(action, marker)}</${action}Result></${action}Response>`,
        );
    });
  });
  afterAll(() => server.stop());

  test("reads 1,000 roles page by page, asks again where IAM throttles, and takes all of them over", async () => {
    const out = temporaryFolder("adopt-live");
    const { stderr } = await runProgram(process.execPath, [...CLI, "adopt", "--aws", "--out", out, "--name", "many"], {
      cwd: out,
      env: {
        PATH: process.env["PATH"] ?? "",
        HOME: out,
        AWS_ACCESS_KEY_ID: "testing",
        AWS_SECRET_ACCESS_KEY: "testing",
        AWS_REGION: "us-east-1",
        AWS_ENDPOINT_URL: server.origin,
        NO_PROXY: "127.0.0.1",
      },
    });
    expect(stderr).not.toContain("Throttling");
    const { roles } = parse(readFileSync(join(out, "federation.yaml"), "utf8")) as {
      readonly roles: Readonly<Record<string, { readonly maxSessionDuration?: string }>>;
    };
    expect(Object.keys(roles)).toHaveLength(ROLES);
    expect(roles["role-999"]).toMatchObject({ maxSessionDuration: "2h" });
    const pages = [...requests].filter(([key]) => key.startsWith("GetAccountAuthorizationDetails"));
    expect(pages).toHaveLength(ROLES / 100);
    // markers of 0, 300, 600 and 900 were throttled once
    expect(pages.map(([, count]) => count).sort()).toEqual([1, 1, 1, 1, 1, 1, 2, 2, 2, 2]);
    const { resources } = JSON.parse(readFileSync(join(out, "imports.json"), "utf8")) as {
      readonly resources: unknown[];
    };
    expect(resources).toHaveLength(1 + ROLES);
  });
});
