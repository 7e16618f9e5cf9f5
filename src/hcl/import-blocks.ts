/** `import` and `moved` blocks: how a root takes over what exists in AWS, without touching it. Pure. */
import type { AccountView } from "../federation/account-view";
import { checkImportIds, type Imports, importsFor, resourceName } from "../federation/imports";
import type { Move } from "./moves";
import { resourcesOf } from "./moves";

/** A resource that exists, and the address it gets. */
export interface ImportBlock {
  /** Address as HCL. */
  readonly to: string;
  readonly id: string;
}

export interface TakenOver {
  readonly imports: readonly ImportBlock[];
  readonly moves: readonly Move[];
  /** What the file imports and the federation does not have. */
  readonly missing: readonly string[];
}

/**
 * What `imports` makes of the federation in one AWS account. Throws InputError imports-mismatch where the federation
 * has another name or ARN by now.
 */
export function takeOver(imports: Imports, view: AccountView, style: "modules" | "resources"): TakenOver {
  const own = importsFor(imports, view.account, view.federation.accounts);
  checkImportIds(own, view);
  const found = new Map(own.map((resource) => [resourceName(resource), resource]));
  const blocks: ImportBlock[] = [];
  const moves: Move[] = [];
  for (const resource of resourcesOf(view)) {
    const name = resourceName(resource);
    const exists = found.get(name);
    if (exists === undefined) continue;
    found.delete(name);
    const to = style === "modules" ? resource.inModule : `${resource.type}.${resource.name}`;
    if (exists.movedFrom === null) blocks.push({ to, id: exists.id });
    else if (exists.movedFrom !== to) moves.push({ from: exists.movedFrom, to });
  }
  const missing = [...found].filter(([, { proposed }]) => !proposed).map(([name]) => name);
  return { imports: blocks, moves, missing };
}
