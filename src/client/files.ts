/** The files of a client, from the templates of its place. */
import { generatedFile } from "../files/generated-file";
import type { GeneratedTree } from "../files/compare-tree";
import { templatesIn } from "../hcl/templates";
import { STS_HOST_PATTERNS, stsRegion } from "../aws/hosts";
import { DEFAULT_SCOPE } from "../token/obtain";
import type { Client } from "./client";
import { clusterEnvironment, policyDefinition, sparkS3a } from "./cluster";
import { PLACES } from "./places";
import { renderClientTemplate } from "./templates";

/** The folder of `client`; `version` is the generator's and is in every file's first line. */
export function clientTree(client: Client, version: string): GeneratedTree {
  const view = viewOf(client);
  const files = new Map<string, string>();
  for (const template of templatesIn(`client/${client.place}`)) {
    const path = template.replace(/\.hbs$/, "");
    const body = renderClientTemplate(`client/${client.place}/${template}`, view).trimEnd().concat("\n");
    files.set(path, generatedFile(path, body, "client", version));
  }
  const folders = new Set([...files.keys()].map((path) => path.slice(0, Math.max(0, path.lastIndexOf("/")))));
  return { kind: "client", files, owned: [...folders].map((folder) => ({ folder, deep: false })) };
}

/** Everything a template may name; each prints what it needs, encoded for its place. */
function viewOf(client: Client): object {
  const { role, issuer, place } = client;
  const { input } = issuer;
  const host = issuer.issuer.split("/")[2] ?? "";
  const login = ["--host", `https://${host}`, ...(input.level === "account" ? ["--account-id", input.accountId] : [])];
  return {
    ...PLACES[place].python,
    about: `What the federation says of the role ${role.key}. To change it, change the federation and generate again.`,
    key: role.key,
    method: "databricks-web-identity",
    arn: client.arn,
    partition: client.partition,
    region: client.region,
    durationSeconds: client.durationSeconds,
    issuer: issuer.issuer,
    tokenEndpoint: issuer.tokenEndpoint,
    trusts: client.trusts,
    scope: DEFAULT_SCOPE,
    stsHosts: STS_HOST_PATTERNS.join("|"),
    workspaceId: input.level === "workspace" ? input.workspaceId : null,
    login,
    loginCommand: `databricks auth login ${login.join(" ")}`,
    ...(place === "cluster-policy" ? clusterView(client) : {}),
    ...(place === "asset-bundle" ? bundleView(client, host) : {}),
    ...(place === "github-actions" ? workflowView(client) : {}),
  };
}

function clusterView(client: Client): object {
  const { conf, environment } = sparkS3a(client);
  return {
    policyName: `AWS as ${client.role.key}, without stored keys`,
    policy: policyDefinition(client),
    environment: clusterEnvironment(client),
    sparkConf: conf,
    sparkEnvironment: environment,
    secretExample: "{{secrets/SCOPE/KEY}}",
  };
}

/** A small machine of each cloud Databricks runs on. */
function nodeTypeOf(cloud: Client["issuer"]["cloud"]): string {
  if (cloud?.startsWith("azure") === true) return "Standard_DS3_v2";
  return cloud === "gcp" ? "n1-standard-4" : "i3.xlarge";
}

function bundleView(client: Client, host: string): object {
  return {
    bundleName: `${client.federation}-aws`,
    jobName: `AWS as ${client.role.key}`,
    nodeType: nodeTypeOf(client.issuer.cloud),
    workspaceUrl: `https://${host}`,
    servicePrincipal: client.servicePrincipals[0] ?? "",
  };
}

/**
 * The audience of another issuer's token that is exchanged: Databricks recommends its account ID; where the federation
 * does not know it, the endpoint is as good: the policy lists it.
 */
export function federationAudience({ input, tokenEndpoint }: Client["issuer"]): string {
  return input.level === "account" ? input.accountId : tokenEndpoint;
}

function workflowView(client: Client): object {
  const servicePrincipal = client.servicePrincipals[0] ?? "";
  const githubAudience = federationAudience(client.issuer);
  return {
    workflowName: `AWS as ${client.role.key}`,
    servicePrincipal,
    audiences: JSON.stringify(
      client.trusts.flatMap(({ subjects, audiences }) => (subjects.includes(servicePrincipal) ? audiences : [])),
    ),
    stsRegion: stsRegion(client.partition, [client.region]),
    githubAudience,
    federationPolicy: {
      oidc_policy: {
        issuer: "https://token.actions.githubusercontent.com",
        audiences: [githubAudience],
        subject: "repo:ORGANIZATION/REPOSITORY:environment:production",
      },
    },
  };
}
