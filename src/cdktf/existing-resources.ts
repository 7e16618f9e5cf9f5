/** Resources that exist in AWS already: each is imported into its own address, or moved there within the state. */
import type { TerraformResource } from "cdktf";
import type { Problem } from "../errors";
import {
  type ImportedResource,
  type Imports,
  importedId,
  importMismatch,
  type ResourceKey,
  resourceName,
} from "../federation/imports";
import type { FederationRole } from "../federation/model";
import type { KnownAccount } from "./aws-account";
import type { DatabricksFederatedRole } from "./federated-role";

/** What of a federation exists, taken over one by one. */
export class ExistingResources {
  readonly #byName = new Map<string, ImportedResource>();
  readonly #problems: Problem[] = [];

  constructor(imports: unknown, { accountId }: KnownAccount) {
    if (imports === undefined) return;
    if (!isImports(imports)) {
      const fix = 'Write imports: loadImports("imports.json").';
      this.#problems.push({ code: "wrong-type", message: "Must be what loadImports returns.", path: "imports", fix });
      return;
    }
    // of several stacks those of other accounts get the same file
    if (accountId !== null && accountId !== imports.awsAccountId) return;
    for (const resource of imports.resources) this.#byName.set(resourceName(resource), resource);
  }

  get problems(): readonly Problem[] {
    return this.#problems;
  }

  /** Takes `resource` over, where it exists; `expected` is the ID that it would have. */
  take(key: ResourceKey, resource: TerraformResource | undefined, expected: string | undefined): void {
    const found = this.#byName.get(resourceName(key));
    if (found === undefined || resource === undefined) return;
    const wrong = importMismatch(found, expected);
    if (wrong !== undefined) this.#problems.push(wrong);
    else if (found.movedFrom === null) resource.importFrom(found.id);
    else if (found.movedFrom !== `${resource.terraformResourceType}.${resource.friendlyUniqueId}`)
      resource.moveFromId(found.movedFrom);
  }

  /** Takes over the role and its policies. */
  takeRole(key: string, role: FederationRole, { resource, attachments, policies }: DatabricksFederatedRole): void {
    const one = (named: Pick<ResourceKey, "kind" | "policy">, made: TerraformResource): void =>
      this.take({ ...named, key }, made, importedId({ ...named, key }, role));
    one({ kind: "role", policy: null }, resource);
    for (const [policy, made] of Object.entries(attachments)) one({ kind: "attachment", policy }, made);
    for (const [policy, made] of Object.entries(policies)) one({ kind: "inline", policy }, made);
  }
}

function isImports(value: unknown): value is Imports {
  return typeof value === "object" && value !== null && "awsAccountId" in value && "resources" in value;
}
