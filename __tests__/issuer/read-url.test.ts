import fc from "fast-check";
import { InputError } from "../../src/errors";
import { cloudOfHost } from "../../src/issuer/clouds";
import { checkIssuer, issuerUrl } from "../../src/issuer/issuer";
import type { PastedIssuer } from "../../src/issuer/read-url";
import { readIssuerUrl } from "../../src/issuer/read-url";
import { hostileText } from "../support/hostile-text";
import { runs } from "../support/runs";

const ACCOUNT = "7d3c2b1a-0f5e-4c8d-9a6b-123456789012";
const HOST = "mycompany.cloud.databricks.com";

function issuerOf(read: PastedIssuer): string {
  return read.level === "workspace"
    ? issuerUrl({ level: "workspace", host: read.host, workspaceId: "1" })
    : issuerUrl({ level: "account", accountId: read.accountId, accountsHost: read.host });
}

function refusalOf(pasted: string, allowCustomHost = false): string {
  try {
    readIssuerUrl(pasted, { allowCustomHost });
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    for (const problem of error.problems) {
      expect(problem.path).toBe("url");
      expect(problem.fix).not.toBe("");
      // a message is one printable line, whatever was pasted
      expect(problem.message).not.toMatch(/[\p{Cc}\u202e\u200b]/u);
    }
    return error.code;
  }
  return "accepted";
}

test.each<[pasted: string, notes: readonly string[]]>([
  [`https://${HOST}/oidc`, []],
  [`https://${HOST}`, []],
  [`https://${HOST}/`, []],
  [`https://${HOST}/oidc/`, ["slash-cut"]],
  [`https://${HOST}/oidc///`, ["slash-cut"]],
  [`https://${HOST}/oidc/.well-known/openid-configuration`, ["discovery-cut"]],
  [`https://${HOST}/oidc/.well-known/openid-configuration/`, ["discovery-cut"]],
  [`https://${HOST}/oidc//.well-known/openid-configuration`, ["discovery-cut"]],
  [`https://${HOST}/oidc/.well-known/openid-configuration/.well-known/openid-configuration`, ["discovery-cut"]],
  [`https://${HOST}/oidc/.well-known/oauth-authorization-server`, ["discovery-cut"]],
  [`https://${HOST}/oidc/.well-known`, ["discovery-cut"]],
  [`https://${HOST}/.well-known/databricks-config`, ["discovery-cut"]],
  [`https://${HOST}/oidc/v1/token`, ["token-endpoint-cut"]],
  [`https://${HOST}/oidc/v1/authorize`, ["token-endpoint-cut"]],
  [`${HOST}/oidc`, ["scheme-added"]],
  [`//${HOST}/oidc`, ["scheme-added"]],
  [`  https://${HOST}/oidc\n`, []],
  [`HTTPS://MyCompany.Cloud.Databricks.COM/oidc`, ["host-lowered"]],
  [`https://${HOST}/?o=1444828305810485`, ["query-cut", "workspace-id-from-url"]],
  [`https://${HOST}/oidc?o=1444828305810485`, ["query-cut", "workspace-id-from-url"]],
  [`https://${HOST}/?w=1444828305810485`, ["query-cut", "workspace-id-from-url"]],
  [`https://${HOST}?o=1444828305810485`, ["query-cut", "workspace-id-from-url"]],
  [`https://${HOST}/?o=abc`, ["query-cut"]],
  [`https://${HOST}/browse/folders/42?o=5`, ["query-cut", "path-cut", "workspace-id-from-url"]],
  [`https://${HOST}/sql/warehouses`, ["path-cut"]],
  // as the browser shows a page of a workspace
  [`https://${HOST}/oidc#x`, ["fragment-cut"]],
  [`https://${HOST}#`, ["fragment-cut"]],
  [`https://${HOST}/?o=5#job/7`, ["query-cut", "fragment-cut", "workspace-id-from-url"]],
  [`https://${HOST}/?o=5#notebook/1/command/2?o=6`, ["query-cut", "fragment-cut", "workspace-id-from-url"]],
])("%s is cut back to the workspace issuer", (pasted, notes) => {
  const read = readIssuerUrl(pasted);
  expect(issuerOf(read)).toBe(`https://${HOST}/oidc`);
  expect(read.notes.map(({ code }) => code)).toEqual(notes);
});

const ACCOUNT_ISSUER = `https://accounts.cloud.databricks.com/oidc/accounts/${ACCOUNT}`;
test.each<[pasted: string, notes: readonly string[]]>([
  [ACCOUNT_ISSUER, []],
  [`${ACCOUNT_ISSUER}/`, ["slash-cut"]],
  [`${ACCOUNT_ISSUER}/.well-known/openid-configuration`, ["discovery-cut"]],
  [`${ACCOUNT_ISSUER}/v1/token`, ["token-endpoint-cut"]],
  [`${ACCOUNT_ISSUER.replace(ACCOUNT, ACCOUNT.toUpperCase())}`, ["account-id-lowered"]],
  [`https://accounts.cloud.databricks.com/?account_id=${ACCOUNT}`, ["query-cut", "account-id-from-url"]],
  [`https://accounts.cloud.databricks.com/?a=${ACCOUNT}#users`, ["query-cut", "fragment-cut", "account-id-from-url"]],
  [`https://accounts.cloud.databricks.com/workspaces?a=${ACCOUNT}`, ["query-cut", "account-id-from-url"]],
  [`accounts.cloud.databricks.com/oidc/accounts/${ACCOUNT}?o=5`, ["scheme-added", "query-cut"]],
])("%s is cut back to the account issuer", (pasted, notes) => {
  const read = readIssuerUrl(pasted);
  expect(issuerOf(read)).toBe(ACCOUNT_ISSUER);
  expect(read.notes.map(({ code }) => code)).toEqual(notes);
});

test.each<[pasted: string, workspaceId: string]>([
  ["https://adb-1234567890123456.7.azuredatabricks.net", "1234567890123456"],
  ["https://adb-1234567890123456.7.azuredatabricks.net/?o=1234567890123456", "1234567890123456"],
  ["https://adb-1234567890123456.12.databricks.azure.us/", "1234567890123456"],
  ["https://1234567890123456.7.gcp.databricks.com", "1234567890123456"],
])("the host of %s tells the workspace ID", (pasted, workspaceId) => {
  expect(readIssuerUrl(pasted)).toMatchObject({ level: "workspace", workspaceId });
});

test.each<[pasted: string, code: string]>([
  // schemes
  [`http://${HOST}/oidc`, "issuer-not-https"],
  [`HTTP://${HOST}/oidc`, "issuer-not-https"],
  [`ftp://${HOST}/oidc`, "issuer-not-https"],
  [`javascript://${HOST}/oidc`, "issuer-not-https"],
  [`https:${HOST}/oidc`, "issuer-unreadable"],
  [`https:/${HOST}/oidc`, "issuer-unreadable"],
  [`https:///${HOST}/oidc`, "issuer-unreadable"],
  [`'https://${HOST}/oidc'`, "issuer-unreadable"],
  [`<https://${HOST}/oidc>`, "issuer-unreadable"],
  ["mailto:alice@example.com", "issuer-has-user-info"],
  ["/oidc", "issuer-unreadable"],
  ["?o=5", "issuer-unreadable"],
  ["#", "issuer-unreadable"],
  // port, user information, a host in the fragment, query with another ID
  [`https://${HOST}:443/oidc`, "issuer-has-port"],
  [`https://${HOST}:/oidc`, "issuer-has-port"],
  [`${HOST}:8443`, "issuer-has-port"],
  [`https://${HOST}@evil.example.com/oidc`, "issuer-has-user-info"],
  [`https://evil.example.com@${HOST}/oidc`, "issuer-has-user-info"],
  [`https://user:secret@${HOST}/oidc`, "issuer-has-user-info"],
  [`https://evil.example.com#.${HOST}`, "host-not-databricks"],
  [`https://evil.example.com/#@${HOST}/oidc`, "host-not-databricks"],
  [`https://${HOST}/?o=5&o=6`, "issuer-conflict"],
  ["https://adb-1234567890123456.7.azuredatabricks.net/?o=5", "issuer-conflict"],
  // addresses
  ["https://127.0.0.1/oidc", "host-is-ip-address"],
  ["https://127.1/oidc", "host-is-ip-address"],
  ["https://2130706433/oidc", "host-is-ip-address"],
  ["https://0x7f.1/oidc", "host-is-ip-address"],
  ["https://0x7f000001/oidc", "host-is-ip-address"],
  ["https://0177.0.0.1/oidc", "host-is-ip-address"],
  ["https://127.0.0.0x1/oidc", "host-is-ip-address"],
  ["https://10.0.0.1./oidc", "host-is-ip-address"],
  ["https://[::1]/oidc", "host-is-ip-address"],
  ["[2001:db8::1]", "host-is-ip-address"],
  ["https://[::ffff:10.0.0.1]/oidc", "host-is-ip-address"],
  ["2001:db8::1", "host-is-ip-address"],
  // look-alikes
  [`https://${HOST}.evil.com/oidc`, "host-not-databricks"],
  ["https://evilcloud.databricks.com/oidc", "host-not-databricks"],
  ["https://cloud.databricks.com/oidc", "host-not-databricks"],
  ["https://mycompany.cloud.databricks.co/oidc", "host-not-databricks"],
  ["https://mycompany-cloud.databricks.com/oidc", "host-not-databricks"],
  ["https://mycompany.cloud.databricks.com.", "host-invalid"],
  ["https://.cloud.databricks.com/oidc", "host-invalid"],
  ["https://a..cloud.databricks.com/oidc", "host-invalid"],
  ["https://-a.cloud.databricks.com/oidc", "host-invalid"],
  ["https://my_company.cloud.databricks.com/oidc", "host-invalid"],
  ["https://mycompany%2ecloud.databricks.com/oidc", "host-invalid"],
  ["https://evil.com%2f.cloud.databricks.com/oidc", "host-invalid"],
  ["https://evil.com%00.cloud.databricks.com/oidc", "host-invalid"],
  ["https://mycompany。cloud.databricks.com/oidc", "host-invalid"],
  ["https://mycompany.cloud.ｄatabricks.com/oidc", "host-invalid"],
  ["https://mycompany.cloud.dаtabricks.com/oidc", "host-invalid"],
  ["https://mycompany.cloud.databric\u212As.com/oidc", "host-invalid"],
  ["https://١٢٧.0.0.1/oidc", "host-invalid"],
  ["https://${x}.cloud.databricks.com/oidc", "host-invalid"],
  ["https://*.cloud.databricks.com/oidc", "host-invalid"],
  ['https://"mycompany".cloud.databricks.com/oidc', "host-invalid"],
  ["https://localhost/oidc", "host-invalid"],
  [`https://${"a".repeat(64)}.cloud.databricks.com/oidc`, "host-invalid"],
  [`https://${"a.".repeat(150)}cloud.databricks.com/oidc`, "host-invalid"],
  // what browsers would read as a slash or drop
  [`https://${HOST}\\@evil.example.com/oidc`, "issuer-unreadable"],
  [`https:\\\\${HOST}\\oidc`, "issuer-unreadable"],
  [`https://${HOST}/oi\tdc`, "issuer-unreadable"],
  [`https://${HOST}/oidc\nhttps://evil.example.com`, "issuer-unreadable"],
  [`https://my company.cloud.databricks.com/oidc`, "issuer-unreadable"],
  [`https://${HOST}/oidc\u0000`, "issuer-unreadable"],
  [`https://${HOST}/\u202eoidc`, "issuer-unreadable"],
  [`https://my\u200bcompany.cloud.databricks.com/oidc`, "issuer-unreadable"],
  [`https://my\u00adcompany.cloud.databricks.com/oidc`, "issuer-unreadable"],
  // the shared issuer
  ["https://accounts.cloud.databricks.com/oidc", "issuer-account-agnostic"],
  ["https://accounts.cloud.databricks.com", "issuer-account-agnostic"],
  ["https://accounts.cloud.databricks.com/oidc/", "issuer-account-agnostic"],
  ["https://ACCOUNTS.cloud.databricks.com/oidc/.well-known/openid-configuration", "issuer-account-agnostic"],
  ["https://accounts.cloud.databricks.com/oidc/accounts", "issuer-account-agnostic"],
  ["https://accounts.cloud.databricks.com/oidc/accounts/", "issuer-account-agnostic"],
  [`https://accounts.cloud.databricks.com/oidc?account_id=${ACCOUNT}`, "issuer-account-agnostic"],
  ["https://accounts.azuredatabricks.net/oidc", "issuer-account-agnostic"],
  ["https://accounts-dod.cloud.databricks.mil/oidc", "issuer-account-agnostic"],
  // the accounts path
  [`${ACCOUNT_ISSUER}/extra`, "issuer-path-unknown"],
  [`https://${HOST}/oidc/accounts`, "issuer-path-unknown"],
  [`https://${HOST}/oidc/v2/keys`, "issuer-path-unknown"],
  [`https://${HOST}/oidc/jwks.json`, "issuer-path-unknown"],
  ["https://accounts.cloud.databricks.com/oidc/accounts/{account_id}", "databricks-account-id-invalid"],
  [`https://accounts.cloud.databricks.com/oidc/accounts/${ACCOUNT}%2f`, "databricks-account-id-invalid"],
  ["https://accounts.cloud.databricks.com/oidc/accounts/..", "databricks-account-id-invalid"],
  ["https://accounts.cloud.databricks.com/oidc/accounts/1234", "databricks-account-id-invalid"],
  [`https://${HOST}/${"x".repeat(3000)}`, "issuer-too-long"],
])("%j is refused as %s", (pasted, code) => {
  expect(refusalOf(pasted)).toBe(code);
});

test("a custom host passes when it is asked for, its pages do not", () => {
  expect(refusalOf("https://databricks.example.com/oidc")).toBe("host-not-databricks");
  expect(issuerOf(readIssuerUrl("https://databricks.example.com/oidc", { allowCustomHost: true }))).toBe(
    "https://databricks.example.com/oidc",
  );
  expect(refusalOf("https://databricks.example.com/some/page", true)).toBe("issuer-path-unknown");
  expect(refusalOf("https://10.0.0.1/oidc", true)).toBe("host-is-ip-address");
});

test("an error names the place its caller says", () => {
  expect(() => readIssuerUrl("", { path: "host" })).toThrow(/^host: /);
});

test(
  "whatever is read is an issuer our own check passes, in a Databricks zone; whatever is not is a coded " + "refusal",
  () => {
    const zones = fc.constantFrom(
      HOST,
      `${HOST}/oidc`,
      "accounts.cloud.databricks.com",
      `accounts.cloud.databricks.com/oidc/accounts/${ACCOUNT}`,
      "adb-1.2.azuredatabricks.net",
      "évil",
    );
    const pasted = fc
      .array(
        fc.oneof(
          zones,
          hostileText,
          fc.constantFrom(
            "https://",
            "/",
            "?o=5",
            "#",
            "@",
            ":443",
            ".",
            "\\",
            "/oidc",
            "/.well-known/openid-configuration",
            "/v1/token",
          ),
        ),
        { maxLength: 5 },
      )
      .map((parts) => parts.join(""));
    fc.assert(
      fc.property(pasted, (text) => {
        let read: PastedIssuer;
        try {
          read = readIssuerUrl(text);
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
          return;
        }
        expect(cloudOfHost(read.host)).not.toBeNull();
        const input =
          read.level === "workspace"
            ? ({ level: "workspace", host: read.host, workspaceId: "1" } as const)
            : ({ level: "account", accountId: read.accountId, accountsHost: read.host } as const);
        expect(checkIssuer(input)).toEqual([]);
        // an issuer is a fixed point: pasted again it is the same, with nothing to note
        const again = readIssuerUrl(issuerUrl(input));
        expect(again.host).toBe(read.host);
        expect(again.notes.filter(({ code }) => code !== "workspace-id-from-url")).toEqual([]);
      }),
      { numRuns: runs(1000) },
    );
  },
);
