/** Reads `terraform show -json` of a plan or a state. Of a plan both what will be and what is. */
import { InputError } from "../../errors";
import { issuerPathOf } from "../../issuer/issuer";
import { asRecord, type Members, records } from "../../text/members";
import type { LintTarget } from "../parsed/target";
import type { LintDocument } from "./document";
import { moduleCalls } from "./module-calls";
import { withPlannedReasons } from "./planned-reasons";
import { sensitiveTexts } from "./sensitive-texts";
import { relevantProviders, relevantRoles } from "./relevance";
import type { ReadResources, TerraformResource } from "./terraform-resources";
import { READ_TYPES, readResources } from "./terraform-resources";
import { documentOf, terraformTarget } from "./terraform-target";

/** A plan, by its `format_version` and `resource_changes` or `planned_values`. */
export function isPlan(document: Members): boolean {
  return (
    typeof document["format_version"] === "string" &&
    (document["resource_changes"] !== undefined || document["planned_values"] !== undefined)
  );
}

/** Throws InputError plan-errored for a plan that ended in an error: it holds what was planned before, and no more. */
export function refuseErrored(document: Members, file: string): void {
  if (document["errored"] !== true) return;
  throw new InputError({
    code: "plan-errored",
    file,
    message: "The plan ended in an error, so resources are missing from it.",
    fix: "Fix what terraform plan reports, and plan again.",
  });
}

/** A state, by its `format_version` and `values`; one without any resource has only the version. */
export function isState(document: Members): boolean {
  return typeof document["format_version"] === "string" && !isPlan(document);
}

/** The IAM resources there will be once `document` (a plan) is applied, or that there are (a state). */
export function deployedResources(document: Members): {
  readonly resources: readonly TerraformResource[];
  readonly accountId: string | null;
} {
  if (isPlan(document))
    return {
      resources: plannedResources(document),
      accountId: callerAccount(dataOfPlan(document)),
    };
  const root = asRecord(document["values"])?.["root_module"];
  return { resources: resourcesOf(root, "managed"), accountId: callerAccount(resourcesOf(root, "data")) };
}

function dataOfPlan(plan: Members): readonly TerraformResource[] {
  return resourcesOf(asRecord(asRecord(plan["prior_state"])?.["values"])?.["root_module"], "data");
}

/** What a plan's changes leave, or its planned values where it lists no changes. */
function plannedResources(plan: Members): readonly TerraformResource[] {
  return plan["resource_changes"] === undefined
    ? resourcesOf(asRecord(plan["planned_values"])?.["root_module"], "managed")
    : changesOf(plan).flatMap((change) => side(change, "after"));
}

function changesOf(plan: Members): readonly Members[] {
  return records(plan["resource_changes"]).filter(
    (change) => change["mode"] !== "data" && READ_TYPES.has(String(change["type"])),
  );
}

export function readPlan(plan: Members): LintDocument {
  const data = dataOfPlan(plan);
  const accountId = callerAccount(data);
  const changes = changesOf(plan);
  const after = readResources(plannedResources(plan), accountId);
  const before = readResources(
    changes.flatMap((change) => side(change, "before")),
    accountId,
  );
  const configuration = asRecord(plan["configuration"])?.["root_module"];
  const named = [plan["variables"], asRecord(plan["planned_values"])?.["outputs"], constants(configuration)];
  const calls = moduleCalls(configuration, variablesOf(plan));
  const kept = new Set(after.providers.map(({ url }) => issuerPathOf(url)));
  const providersBefore = relevantProviders(before.providers);
  const target = {
    ...terraformTarget(
      { ...after, roles: withPlannedReasons(after.roles, calls) },
      named,
      data.map(({ values }) => values),
    ),
    deletedProviders: providersBefore.filter(({ url }) => !kept.has(issuerPathOf(url))),
    plan: {
      calls,
      dropped: [],
      destroyed: without(before, after),
      made: without(after, before),
    },
  };
  const now = {
    ...target,
    deletedProviders: [],
    providers: providersBefore,
    ...relevantRoles(before.roles),
    unread: [],
  };
  const document = documentOf("Terraform plan", target, plan["resource_changes"] === undefined ? null : now);
  return { ...document, sensitive: sensitiveTexts(plan) };
}

/** The roles and providers of `side` whose address `other` does not have. */
function without(side: ReadResources, other: ReadResources): Pick<LintTarget, "roles" | "providers"> {
  const addresses = new Set([...other.roles, ...other.unread, ...other.providers].map(({ path }) => path));
  const here = ({ path }: { readonly path: string }): boolean => !addresses.has(path);
  return { roles: relevantRoles(side.roles.filter(here)).roles, providers: side.providers.filter(here) };
}

export function readState(state: Members): LintDocument {
  const root = asRecord(state["values"])?.["root_module"];
  const data = resourcesOf(root, "data");
  const read = readResources(resourcesOf(root, "managed"), callerAccount(data));
  const outputs = asRecord(state["values"])?.["outputs"];
  const target = terraformTarget(
    read,
    outputs,
    data.map(({ values }) => values),
  );
  return { ...documentOf("Terraform state", target), sensitive: sensitiveTexts(state) };
}

function side(change: Members, which: "before" | "after"): readonly TerraformResource[] {
  const detail = asRecord(change["change"]);
  const actions: unknown = detail?.["actions"];
  // what Terraform only forgets (a removed block) stays as it is
  const forgotten = Array.isArray(actions) && actions.includes("forget");
  const values = asRecord(detail?.[forgotten ? "before" : which]);
  if (values === undefined) return [];
  return [
    {
      address: String(change["address"]),
      type: String(change["type"]),
      values,
      unknown: which === "after" ? (asRecord(detail?.["after_unknown"]) ?? {}) : {},
    },
  ];
}

function resourcesOf(module: unknown, mode: "managed" | "data"): readonly TerraformResource[] {
  const members = asRecord(module);
  if (members === undefined) return [];
  const own = records(members["resources"])
    .filter((resource) => resource["mode"] === mode && (mode === "data" || READ_TYPES.has(String(resource["type"]))))
    .map((resource): TerraformResource => ({
      address: String(resource["address"]),
      type: String(resource["type"]),
      values: asRecord(resource["values"]) ?? {},
      unknown: {},
    }));
  return [...own, ...records(members["child_modules"]).flatMap((child) => resourcesOf(child, mode))];
}

/** The account AWS said it is, where the plan asked. */
function callerAccount(data: readonly TerraformResource[]): string | null {
  const accounts = new Set(
    data
      .filter(({ type }) => type === "aws_caller_identity")
      .flatMap(({ values }) => (typeof values["account_id"] === "string" ? values["account_id"] : [])),
  );
  const [only] = accounts;
  return accounts.size === 1 && only !== undefined ? only : null;
}

/** The values of the root's variables. */
function variablesOf(plan: Members): Members {
  return Object.fromEntries(
    Object.entries(asRecord(plan["variables"]) ?? {}).map(([name, variable]) => [name, asRecord(variable)?.["value"]]),
  );
}

/** What module calls are given as constants, at any depth. */
function constants(module: unknown): unknown {
  return Object.values(asRecord(asRecord(module)?.["module_calls"]) ?? {}).map((call) => [
    asRecord(call)?.["expressions"],
    constants(asRecord(call)?.["module"]),
  ]);
}
