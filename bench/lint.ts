/**
 * Lints a large plan beside reading the same JSON, and reports on a large federation. Needs `dist/` (the runner
 * builds it).
 */
import { statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { accountView, roleTrustPolicy } from "../src/federation/account-view";
import { parseFederation } from "../src/federation";
import { trustPolicyJson } from "../src/trust/build";
import { federationText } from "./federations";
import type { Row } from "./measure";
import { inTurn } from "./measure";
import type { Members } from "../src/text/members";

const CLI = join(__dirname, "..", "dist", "cli.js");
const NODE = process.execPath;

/**
 * `terraform show -json` of a plan that makes `roles` roles and an attachment each, every member as Terraform 1.11
 * writes it.
 */
export function planText(roles: number): string {
  const { federation } = parseFederation(federationText(roles));
  const [account] = federation.accounts;
  if (account === undefined) throw new RangeError("a federation has an account");
  const view = accountView(federation, account);
  const resources: {
    readonly address: string;
    readonly type: string;
    readonly values: Members;
    readonly unknown: Members;
    readonly sensitive: Members;
  }[] = view.providers.map(({ issuer }) => ({
    address: `aws_iam_openid_connect_provider.bench_${issuer.key}`,
    type: "aws_iam_openid_connect_provider",
    values: { client_id_list: issuer.audiences, tags: null, url: issuer.issuer },
    unknown: {
      arn: true,
      client_id_list: issuer.audiences.map(() => false),
      id: true,
      tags_all: true,
      thumbprint_list: true,
    },
    sensitive: { client_id_list: issuer.audiences.map(() => false), tags_all: {}, thumbprint_list: [] },
  }));
  for (const role of view.roles) {
    resources.push(
      {
        address: `aws_iam_role.bench_${role.key}`,
        type: "aws_iam_role",
        values: {
          assume_role_policy: trustPolicyJson(roleTrustPolicy(role, view)),
          description: null,
          force_detach_policies: false,
          max_session_duration: 3600,
          name: role.name,
          path: "/",
          permissions_boundary: null,
          tags: null,
        },
        unknown: {
          arn: true,
          create_date: true,
          id: true,
          inline_policy: true,
          managed_policy_arns: true,
          name_prefix: true,
          tags_all: true,
          unique_id: true,
        },
        sensitive: { inline_policy: [], managed_policy_arns: [], tags_all: {} },
      },
      {
        address: `aws_iam_role_policy_attachment.bench_${role.key}_read`,
        type: "aws_iam_role_policy_attachment",
        values: { policy_arn: "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess", role: role.name },
        unknown: { id: true },
        sensitive: {},
      },
    );
  }
  const shared = ({ address, type }: { readonly address: string; readonly type: string }): Members => ({
    address,
    mode: "managed",
    type,
    name: address.split(".")[1],
    provider_name: "registry.terraform.io/hashicorp/aws",
  });
  return JSON.stringify({
    format_version: "1.2",
    terraform_version: "1.11.4",
    planned_values: {
      root_module: {
        resources: resources.map((resource) => ({
          ...shared(resource),
          schema_version: 0,
          values: resource.values,
          sensitive_values: resource.sensitive,
        })),
      },
    },
    resource_changes: resources.map((resource) => ({
      ...shared(resource),
      change: {
        actions: ["create"],
        before: null,
        after: resource.values,
        after_unknown: resource.unknown,
        before_sensitive: false,
        after_sensitive: resource.sensitive,
      },
    })),
    configuration: {
      root_module: {
        resources: resources.map((resource) => ({
          ...shared(resource),
          expressions: Object.fromEntries(
            Object.entries(resource.values).map(([key, value]) => [key, { constant_value: value }]),
          ),
        })),
      },
    },
  });
}

export async function lint(scratch: string): Promise<readonly Row[]> {
  const plan = join(scratch, "plan.json");
  writeFileSync(plan, planText(1000));
  const [linted, read, started] = await inTurn(
    9,
    { program: NODE, args: [CLI, "lint", plan] },
    { program: NODE, args: ["-e", "JSON.parse(require('node:fs').readFileSync(process.argv[1], 'utf8'))", plan] },
    { program: NODE, args: [CLI, "--version"] },
  );
  const rows: Row[] = [];
  if (linted !== undefined && read !== undefined && started !== undefined) {
    rows.push({
      what: "`lint` of a plan with 1,000 roles, cold",
      peer: "reading the same JSON with `node -e`",
      ours: linted.seconds,
      theirs: read.seconds,
      unit: "s",
      reach: `at most 2 times, plus start-up (${started.seconds.toFixed(2)} s)`,
      reached: linted.seconds <= 2 * read.seconds + started.seconds,
    });
  }
  const federation = join(scratch, "federation-report.yaml");
  const page = join(scratch, "report.html");
  writeFileSync(federation, federationText(1000));
  const [reported] = await inTurn(5, { program: NODE, args: [CLI, "report", "--config", federation, "--out", page] });
  if (reported !== undefined) {
    const megabytes = statSync(page).size / 1e6;
    rows.push(
      {
        what: "`report` of 1,000 roles, whole process",
        peer: "",
        ours: reported.seconds,
        theirs: null,
        unit: "s",
        reach: "under 1 s",
        reached: reported.seconds < 1,
      },
      {
        what: "its page",
        peer: "",
        ours: megabytes,
        theirs: null,
        unit: "MB",
        reach: "under 3 MB",
        reached: megabytes < 3,
      },
    );
  }
  return rows;
}
