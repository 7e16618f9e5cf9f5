/** Everything that differs between the last release and modules about to be released. */
import type { ReleaseManifest } from "../manifest";
import type { SourceModule } from "../module-folder";
import { changeOf, isWiderTrust, type ReleaseChange } from "./change";
import { compareContracts } from "./compare-contracts";
import { compareTrust } from "./compare-trust";
import { readMoves } from "./read-moves";

/** Wider trusts first, then by how far each moves the version, then by module. */
export async function compareReleases(
  previous: ReleaseManifest,
  modules: readonly SourceModule[],
): Promise<readonly ReleaseChange[]> {
  const old = new Map(previous.modules.map((module) => [module.name, module]));
  const now = new Set(modules.map(({ name }) => name));
  const changes: ReleaseChange[] = previous.modules
    .filter(({ name }) => !now.has(name))
    .map(({ name }) => ({ module: name, ...changeOf("module-removed", "", `The module ${name} was removed.`) }));
  for (const module of modules) {
    const before = old.get(module.name);
    if (before === undefined) {
      const message = `The module ${module.name} is new. ${module.contract.summary}`;
      changes.push({ module: module.name, ...changeOf("module-added", "", message) });
      continue;
    }
    const here = new Set(module.contract.resources);
    // the parser is slow to load: only where an address was removed
    const moves = before.contract.resources.every((address) => here.has(address)) ? [] : await readMoves(module.files);
    const found = [
      ...compareTrust(before.trust, module.trust).map((change): ReleaseChange => ({ module: module.name, ...change })),
      ...compareContracts(before.contract, module.contract, moves),
    ];
    if (found.length === 0 && before.trust.digest !== module.trust.digest)
      found.push({ module: module.name, ...changeOf("hcl-changed", "", "Its HCL changed; its contract did not.") });
    changes.push(...found);
  }
  return changes
    .map((change, index) => ({ change, index }))
    .sort((left, right) => rank(left.change) - rank(right.change) || left.index - right.index)
    .map(({ change }) => change);
}

function rank(change: ReleaseChange): number {
  return isWiderTrust(change) ? 0 : { major: 1, minor: 2, patch: 3 }[change.step];
}
