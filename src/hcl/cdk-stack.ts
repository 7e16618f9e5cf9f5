/** Finds a federation's resources in a synthesized stack (`cdk.tf.json`) that was built by hand from the constructs. */
import type { AccountView } from "../federation/account-view";
import type { FederationRole } from "../federation/model";
import { type InputError, inputError } from "../errors";
import type { FederationResource, Move } from "./moves";
import { resourcesOf } from "./moves";
import { asRecord, type Members, parsedJson } from "../text/members";

export interface StackMoves {
  readonly moves: readonly Move[];
  /** Resources of the federation that the stack does not have: they will be created. */
  readonly missing: readonly string[];
  /** Addresses of the stack that the root does not have: on the same state Terraform would destroy them. */
  readonly left: readonly string[];
}

type Resources = Readonly<Record<string, Readonly<Record<string, Members>>>>;

/**
 * Moves from the addresses in `text`, a stack's cdk.tf.json, to those of a root in `style`. Roles are found by name,
 * providers by URL, policies by their role and ARN or name. `file` names it in messages.
 * Throws InputError moved-from-invalid where the text is not a synthesized stack.
 */
export function movesFromCdkJson(
  text: string,
  file: string,
  view: AccountView,
  style: "modules" | "resources",
): StackMoves {
  const resources = resourcesIn(text, file);
  const roleNames = new Map<string, string>();
  for (const role of view.roles) {
    const name = findName(resources["aws_iam_role"], (block) => plain(block["name"]) === role.name);
    if (name !== undefined) roleNames.set(role.key, name);
  }
  const moves: Move[] = [];
  const missing: string[] = [];
  const taken = new Set<string>();
  for (const resource of resourcesOf(view)) {
    const name = findName(
      resources[resource.type],
      (block, candidate) =>
        !taken.has(`${resource.type}.${candidate}`) && isSame(resource, block, candidate, view, roleNames),
    );
    const to = style === "modules" ? resource.inModule : `${resource.type}.${resource.name}`;
    if (name === undefined) {
      missing.push(to);
      continue;
    }
    const from = `${resource.type}.${name}`;
    taken.add(from);
    if (from !== to) moves.push({ from, to });
  }
  const left = Object.entries(resources)
    .flatMap(([type, blocks]) => Object.keys(blocks).map((name) => `${type}.${name}`))
    .filter((address) => !taken.has(address));
  return { moves, missing, left };
}

function resourcesIn(text: string, file: string): Resources {
  const invalid = (why: string): InputError =>
    inputError(
      "moved-from-invalid",
      `${file} is not a synthesized stack: ${why}.`,
      "Name the stack's cdk.tf.json, below cdktf.out/stacks, or cdktf.",
      "--moved-from",
    );
  const parsed = parsedJson(text);
  if (parsed === undefined) throw invalid("it is not JSON");
  const document = asRecord(parsed) ?? {};
  if (Array.isArray(document["resources"])) throw invalid("it is a state");
  const resource = asRecord(document["resource"]);
  if (resource === undefined) throw invalid("it has no resources");
  return mapMembers(resource, (blocks) =>
    mapMembers(blocks, (block, name) => (/^[A-Za-z_][A-Za-z0-9_-]*$/.test(name) ? block : undefined)),
  );
}

/** What `each` makes of the members of `all` that are objects. */
function mapMembers<T>(
  all: Members,
  each: (members: Members, name: string) => T | undefined,
): Readonly<Record<string, T>> {
  return Object.fromEntries(
    Object.entries(all).flatMap(([name, value]): readonly [string, T][] => {
      const members = asRecord(value);
      const made = members === undefined ? undefined : each(members, name);
      return made === undefined ? [] : [[name, made]];
    }),
  );
}

function findName(
  blocks: Readonly<Record<string, Members>> | undefined,
  fits: (block: Members, name: string) => boolean,
): string | undefined {
  // Several instances under one address cannot be told apart from here.
  return Object.entries(blocks ?? {}).find(
    ([name, block]) => block["count"] === undefined && block["for_each"] === undefined && fits(block, name),
  )?.[0];
}

/** A literal of Terraform's JSON syntax as the text it stands for. */
function plain(value: unknown): string | undefined {
  return typeof value === "string" ? value.replace(/\$\$\{/g, "${").replace(/%%\{/g, "%{") : undefined;
}

function isSame(
  resource: FederationResource,
  block: Members,
  name: string,
  view: AccountView,
  roleNames: ReadonlyMap<string, string>,
): boolean {
  const role = view.roles.find(({ key }) => key === resource.key);
  switch (resource.kind) {
    case "provider":
      return plain(block["url"]) === view.federation.issuers[resource.key]?.issuer;
    case "role":
      return roleNames.get(resource.key) === name;
    case "attachment":
      return (
        role !== undefined &&
        isOfRole(block["role"], role, roleNames) &&
        isPolicy(block["policy_arn"], role, resource, name)
      );
    case "inline":
      return role !== undefined && isOfRole(block["role"], role, roleNames) && plain(block["name"]) === resource.policy;
  }
}

/** `role` of a policy: the name itself, or a reference to the role's `name` or `id`. */
function isOfRole(value: unknown, role: FederationRole, roleNames: ReadonlyMap<string, string>): boolean {
  const reference =
    typeof value === "string"
      ? /^\$\{aws_iam_role\.([A-Za-z_][A-Za-z0-9_-]*)\.(?:name|id)\}$/.exec(value)?.[1]
      : undefined;
  return reference === undefined ? plain(value) === role.name : roleNames.get(role.key) === reference;
}

/** By its ARN; an ARN that only Terraform knows by the key at the end of the logical ID. */
function isPolicy(arn: unknown, role: FederationRole, resource: FederationResource, name: string): boolean {
  const key = resource.policy ?? "";
  if (typeof arn === "string" && /^\$\{[^{}]+\}$/.test(arn)) return name.endsWith(`_${key}`);
  return plain(arn) === role.managedPolicyArns[key];
}
