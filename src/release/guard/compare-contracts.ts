/** A module's contract before and now: each difference with the least step it may take. Pure. */
import subset from "semver/ranges/subset";
import { type ModuleContract, type ModuleOutput, plainAddress } from "../../module/contract";
import { semverRange } from "../../module/version-range";
import { type Change, changeOf, type ReleaseChange, sides } from "./change";
import { compareRules, RULE_WORDS } from "./compare-rules";
import { compareVariables } from "./compare-variables";
import { arrivalOf, type Move } from "./moves";
import { showAddress, showMove, showOutput, showRequirements } from "./show-contract";

/** `moves`: the `moved` blocks of the module as it is now. */
export function compareContracts(
  before: ModuleContract,
  after: ModuleContract,
  moves: readonly Move[] = [],
): readonly ReleaseChange[] {
  const changes: readonly Change[] = [
    ...compareVariables(before.variables, after.variables),
    ...compareOutputs(before.outputs, after.outputs),
    ...compareRequirements(before, after),
    ...compareAddresses(before.resources, after.resources, moves),
    ...(before.summary === after.summary ? [] : [changeOf("summary-text", "", "The module's summary was reworded.")]),
  ];
  return changes.map((change) => ({ module: after.name, ...change }));
}

function compareOutputs(before: readonly ModuleOutput[], after: readonly ModuleOutput[]): readonly Change[] {
  const now = new Set(after.map(({ name }) => name));
  const old = new Map(before.map((output) => [output.name, output]));
  return [
    ...before
      .filter(({ name }) => !now.has(name))
      .map((output) =>
        changeOf("output-removed", `output.${output.name}`, `The output ${output.name} was removed.`, {
          before: showOutput(output),
        }),
      ),
    ...after.flatMap((output) => {
      const previous = old.get(output.name);
      if (previous !== undefined) return compareOutput(previous, output);
      const message = `The output ${output.name} is new: ${output.description}.`;
      return [changeOf("output-added", `output.${output.name}`, message, { after: showOutput(output) })];
    }),
  ];
}

function compareOutput(before: ModuleOutput, after: ModuleOutput): readonly Change[] {
  const { name } = after;
  const rules = compareRules(before.preconditions, after.preconditions).map(({ what, before: old, after: now }) => {
    const message = `${RULE_WORDS[what](name)}: ${(now ?? old)?.message ?? ""}.`;
    if (what === "reworded") return changeOf("output-text", `output.${name}`, message);
    return changeOf(what === "removed" ? "output-widened" : "output-narrowed", `output.${name}`, message, {
      ...(old === undefined ? {} : { before: showOutput(before, [old]) }),
      ...(now === undefined ? {} : { after: showOutput(after, [now]) }),
    });
  });
  if (before.description === after.description) return rules;
  return [...rules, changeOf("output-text", `output.${name}`, `The description of ${name} was reworded.`)];
}

function compareRequirements(before: ModuleContract, after: ModuleContract): readonly Change[] {
  const shown = { before: showRequirements(before), after: showRequirements(after) };
  const raised = (path: string, message: string): Change => changeOf("requirement-raised", path, message, shown);
  const loosened = (path: string, message: string): Change => changeOf("requirement-loosened", path, message, shown);
  const range = (what: string, old: string, now: string): readonly Change[] => {
    const change = compareRanges(old, now);
    if (change === "same") return [];
    const versions = `${what} must be ${now}; it was ${old}.`;
    return [
      change === "narrower"
        ? raised(what, `Fewer versions are accepted: ${versions}`)
        : loosened(what, `More versions are accepted: ${versions}`),
    ];
  };
  const providers = (contract: ModuleContract) => new Map(Object.entries(contract.requiredProviders));
  const [old, now] = [providers(before), providers(after)];
  return [
    ...range("terraform", before.requiredVersion, after.requiredVersion),
    ...[...new Set([...old.keys(), ...now.keys()])].sort().flatMap((name): readonly Change[] => {
      const [was, is] = [old.get(name), now.get(name)];
      if (is === undefined) return [loosened(name, `The provider ${name} is no longer required.`)];
      if (was === undefined) return [raised(name, `The provider ${name} is now required.`)];
      if (was.source !== is.source)
        return [raised(name, `The provider ${name} is now ${is.source}; it was ${was.source}.`)];
      return range(name, was.version, is.version);
    }),
  ];
}

/** How `after` compares with `before`. What cannot be shown to be wider or the same counts as narrower. */
export function compareRanges(before: string, after: string): "same" | "narrower" | "wider" {
  if (before === after) return "same";
  const [old, now] = [semverRange(before), semverRange(after)];
  if (old === undefined || now === undefined || !subset(old, now)) return "narrower";
  return subset(now, old) ? "same" : "wider";
}

function compareAddresses(
  before: readonly string[],
  after: readonly string[],
  moves: readonly Move[],
): readonly Change[] {
  const now = new Set(after);
  const old = new Set(before);
  const arrived = new Set<string>();
  const gone = before
    .filter((address) => !now.has(address))
    .map((address) => {
      const arrival = arrivalOf(address, moves, after);
      if (arrival !== undefined) {
        arrived.add(arrival.address);
        return changeOf("address-moved", address, `${address} is now ${arrival.address}; Terraform moves it.`, {
          before: showAddress(address),
          after: [showAddress(arrival.address), ...arrival.by.map(showMove)].join("\n\n"),
        });
      }
      const type = address.split(".").at(-2);
      const fresh = after.filter((candidate) => !old.has(candidate) && candidate.split(".").at(-2) === type);
      const instead =
        fresh.find((candidate) => plainAddress(candidate) === plainAddress(address)) ??
        (fresh.length === 1 ? fresh[0] : undefined);
      if (instead !== undefined) arrived.add(instead);
      const message =
        instead === undefined
          ? `${address} was removed: Terraform would destroy it.`
          : `${address} was removed and ${instead} is new, without a moved block: Terraform would destroy and ` +
            `recreate it.`;
      return changeOf("address-changed", address, message, sides(address, instead, showAddress));
    });
  const fresh = after
    .filter((address) => !old.has(address) && !arrived.has(address))
    .map((address) => changeOf("address-added", address, `${address} is new.`, { after: showAddress(address) }));
  return [...gone, ...fresh];
}
