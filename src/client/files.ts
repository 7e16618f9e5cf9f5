/** The files of a client, from the templates of its place. */
import { generatedFile } from "../hcl/generated-file";
import type { GeneratedTree } from "../hcl/compare-tree";
import { templatesIn } from "../hcl/templates";
import { DEFAULT_SCOPE } from "../token/obtain";
import type { Client } from "./client";
import { PLACES } from "./places";
import { renderClientTemplate } from "./templates";

/** The folder of `client`; `version` is the generator's and stands in every file's first line. */
export function clientTree(client: Client, version: string): GeneratedTree {
  const view = viewOf(client);
  const files = new Map<string, string>();
  for (const template of templatesIn(`client/${client.place}`)) {
    const path = template.replace(/\.hbs$/, "");
    const body = renderClientTemplate(`client/${client.place}/${template}`, view).replace(/\n+$/, "\n");
    files.set(path, generatedFile(path, body, "client", version));
  }
  const folders = new Set([...files.keys()].map((path) => path.slice(0, Math.max(0, path.lastIndexOf("/")))));
  return { kind: "client", files, owned: [...folders].map((folder) => ({ folder, deep: false })) };
}

function viewOf(client: Client): object {
  const { role, issuer, place } = client;
  const { input } = issuer;
  const host = issuer.issuer.split("/")[2] ?? "";
  return {
    ...PLACES[place].python,
    about: `What the federation says of the role ${role.key}. To change it, change the federation and generate again.`,
    key: role.key,
    arn: client.arn,
    partition: client.partition,
    region: client.region,
    durationSeconds: client.durationSeconds,
    issuer: issuer.issuer,
    tokenEndpoint: issuer.tokenEndpoint,
    trusts: client.trusts,
    scope: DEFAULT_SCOPE,
    host,
    workspaceId: input.level === "workspace" ? input.workspaceId : null,
    login: ["--host", `https://${host}`, ...(input.level === "account" ? ["--account-id", input.accountId] : [])],
  };
}
