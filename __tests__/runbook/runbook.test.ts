import MarkdownIt from "markdown-it";
import { loadVerb } from "../../src/cli/cli";
import generate from "../../src/cli/verbs/generate";
import { type FederationInput, readFederation } from "../../src/federation";
import { flagName } from "../../src/text/words";
import { runbook, type RunbookOptions } from "../../src/runbook/runbook";

const READER = "6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b";
const FEDERATION: FederationInput = {
  name: "lakehouse",
  aws: { accountId: "111122223333" },
  emailDomains: ["data.example.com"],
  issuers: {
    production: { level: "workspace", host: "mycompany.cloud.databricks.com", workspaceId: "1444828305810485" },
  },
  identities: { "nightly-etl": { servicePrincipal: READER } },
  roles: {
    reader: { trusts: [{ issuer: "production", identities: ["nightly-etl"], subjects: ["a `|` <b>"] }] },
    writer: {
      maxSessionDuration: "12h",
      trusts: [
        { issuer: "production", users: ["alice@data.example.com"] },
        { unityCatalog: { externalIds: ["0b7e6f5a-1c2d-4e3f-9a8b-7c6d5e4f3a2b"] } },
      ],
      inlinePolicies: {
        next: {
          Version: "2012-10-17",
          Statement: { Effect: "Allow", Action: "sts:Assume*", Resource: "arn:aws:iam::444455556666:role/next" },
        },
      },
    },
    anyone: { trusts: [{ issuer: "production", subjectPatterns: ["*@data.example.com"] }] },
  },
};
const OPTIONS: RunbookOptions = { file: "federation.yaml", deployment: "terraform", root: "root", version: "1.0.0" };

function written(input: FederationInput = FEDERATION, options: Partial<RunbookOptions> = {}): string {
  const { files } = runbook(readFederation(input).federation, { ...OPTIONS, ...options });
  return files.get("runbook.md") ?? "";
}

/** The cells of the first table, row by row, as a reader sees them. */
function identityRows(text: string): readonly (readonly string[])[] {
  const html = new MarkdownIt({ html: true }).render(text.slice(0, text.indexOf("## 1.")));
  return [...html.matchAll(/<tr>([\s\S]*?)<\/tr>/g)]
    .slice(1)
    .map(([, row = ""]) =>
      [...row.matchAll(/<td>([\s\S]*?)<\/td>/g)].map(([, cell = ""]) =>
        cell.replaceAll("<code>", "").replaceAll("</code>", ""),
      ),
    );
}

test("lists each identity by its name, with every role it may assume, by a pattern too", () => {
  expect(identityRows(written())).toEqual([
    ["nightly-etl", READER, "reader"],
    ["a `|` &lt;b&gt;", "a `|` &lt;b&gt;", "reader"],
    ["alice@data.example.com", "alice@data.example.com", "writer, anyone"],
  ]);
});

test("gives the steps in the order that works: suspend, apply, wait, revoke", () => {
  const text = written();
  const places = [
    "## 1. Suspend",
    "suspended: [nightly-etl]",
    "## 2. Apply",
    "apply",
    "## 3. Wait",
    "## 4. Revoke",
    "revokeSessionsBefore:",
  ].map((part, index, all) => text.indexOf(part, index === 0 ? 0 : text.indexOf(all[index - 1] ?? "")));
  expect(places).not.toContain(-1);
  expect([...places].sort((a, b) => a - b)).toEqual(places);
  expect(text).toContain("live for up to 12h");
});

test("lets AWS refuse the identity's own token, not the file, and not whoever runs it", () => {
  const [wait = ""] = written().split("## 4.").slice(0, 1);
  const calls = (wait.split("## 3.")[1] ?? "").split("\n").filter((line) => line.startsWith("databricks-aws-oidc "));
  expect(calls).toEqual(["databricks-aws-oidc doctor --config federation.yaml --role ROLE --assume --token @TOKEN"]);
});

test("says what it does not reach: roles entered by chaining, and Unity Catalog's", () => {
  const text = written();
  expect(text).toContain("- `writer`: `arn:aws:iam::444455556666:role/next`");
  expect(text).toMatch(/Revoking ends the sessions of `writer`, and Unity/);
});

test.each([
  ["terraform", ["terraform -chdir=root apply"]],
  ["tofu", ["tofu -chdir=root apply"]],
  ["cdktf", ["cdktf deploy lakehouse"]],
  ["cdktn", ["cdktn deploy lakehouse"]],
] as const)("names the commands of %s", (deployment, commands) => {
  for (const command of commands) expect(written(FEDERATION, { deployment }).split("\n")).toContain(command);
});

test("each AWS account has a command of its own", () => {
  const accounts = { prod: { accountId: "111122223333" }, dev: { accountId: "444455556666" } };
  const text = written({ ...FEDERATION, aws: { accounts } });
  expect(text).toContain(
    "terraform -chdir=root/prod apply\nterraform -chdir=root/dev init\nterraform -chdir=root/dev apply",
  );
});

test("every call of this program has flags that its verb knows", () => {
  const calls = written()
    .split("\n")
    .filter((line) => line.startsWith("databricks-aws-oidc "));
  expect(calls.length).toBeGreaterThan(5);
  for (const call of calls) {
    const [, name = "", below = ""] = call.split(" ");
    const loaded = loadVerb(name);
    const verb = "verbs" in loaded ? loaded.verbs[below] : loaded;
    const known = Object.keys(verb?.flags ?? {}).map(flagName);
    const used = [...call.matchAll(/ --([a-z-]+)/g)].map(([, flag = ""]) => flag);
    expect({ call, unknown: used.filter((flag) => !known.includes(flag)) }).toEqual({ call, unknown: [] });
  }
});

test("the verb's flag names what can deploy", () => {
  expect(generate.verbs.runbook.flags["deployedBy"]?.choices).toEqual(["terraform", "tofu", "cdktf", "cdktn"]);
});

test.each([
  ["federation.yaml", "git show HEAD:./federation.yaml > before.yaml"],
  ["teams/data lake/federation.yaml", "git -C 'teams/data lake' show HEAD:./federation.yaml > before.yaml"],
])("reads the committed %s wherever it is in its repository", (file, command) => {
  expect(written(FEDERATION, { file }).split("\n")).toContain(command);
});

test.each([
  ["true", '"true"'],
  ["No", '"No"'],
  ["nightly-etl", "nightly-etl"],
])("shows the identity %s as a string of YAML", (name, entry) => {
  const roles = { reader: { trusts: [{ issuer: "production", identities: [name] }] } };
  const text = written({ ...FEDERATION, identities: { [name]: { servicePrincipal: READER } }, roles });
  expect(text).toContain(`suspended: [${entry}]`);
});
