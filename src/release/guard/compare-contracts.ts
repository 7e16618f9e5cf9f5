/** What a module promised before and what it promises now: each difference with the least step it may take. Pure. */
import type { ModuleContract, ModuleOutput } from "../../module/contract";
import { plainAddress } from "../../module/contract";
import type { ReleaseChange } from "./change";
import { compareRules } from "./compare-rules";
import { compareVariables } from "./compare-variables";
import type { Move } from "./moves";
import { arrivalOf } from "./moves";
import { showAddress, showMove, showOutput, showRequirements } from "./show-contract";
import { compareRanges } from "./version-range";

type Change = Omit<ReleaseChange, "module">;

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
    ...(before.summary === after.summary
      ? []
      : [
          { kind: "summary-text", step: "patch", path: "", says: "The module's summary is worded otherwise." } as const,
        ]),
  ];
  return changes.map((change) => ({ module: after.name, ...change }));
}

function compareOutputs(before: readonly ModuleOutput[], after: readonly ModuleOutput[]): readonly Change[] {
  const now = new Map(after.map((output) => [output.name, output]));
  const old = new Map(before.map((output) => [output.name, output]));
  return [
    ...before
      .filter(({ name }) => !now.has(name))
      .map((output): Change => ({
        kind: "output-removed",
        step: "major",
        path: `output.${output.name}`,
        says: `The output ${output.name} is gone.`,
        before: showOutput(output),
      })),
    ...after.flatMap((output) => {
      const previous = old.get(output.name);
      if (previous !== undefined) return compareOutput(previous, output);
      return [
        {
          kind: "output-added",
          step: "minor",
          path: `output.${output.name}`,
          says: `The output ${output.name} is new: ${output.description}.`,
          after: showOutput(output),
        } as const,
      ];
    }),
  ];
}

function compareOutput(before: ModuleOutput, after: ModuleOutput): readonly Change[] {
  const path = `output.${after.name}`;
  const rules = compareRules(before.preconditions, after.preconditions).map((difference): Change => {
    const message = (difference.after ?? difference.before)?.message ?? "";
    const shown = {
      ...(difference.before === undefined ? {} : { before: showOutput(before, [difference.before]) }),
      ...(difference.after === undefined ? {} : { after: showOutput(after, [difference.after]) }),
    };
    if (difference.what === "reworded")
      return {
        kind: "output-text",
        step: "patch",
        path,
        says: `A rule of ${after.name} is worded otherwise: ${message}.`,
      };
    if (difference.what === "removed")
      return {
        kind: "output-widened",
        step: "minor",
        path,
        says: `A rule of ${after.name} is gone: ${message}.`,
        ...shown,
      };
    return {
      kind: "output-narrowed",
      step: "major",
      path,
      says: `A rule of ${after.name} is ${difference.what === "added" ? "new" : "another"}: ${message}.`,
      ...shown,
    };
  });
  return before.description === after.description
    ? rules
    : [
        ...rules,
        { kind: "output-text", step: "patch", path, says: `The description of ${after.name} is worded otherwise.` },
      ];
}

function compareRequirements(before: ModuleContract, after: ModuleContract): readonly Change[] {
  const shown = { before: showRequirements(before), after: showRequirements(after) };
  const raised = (path: string, says: string): Change => ({
    kind: "requirement-raised",
    step: "major",
    path,
    says,
    ...shown,
  });
  const loosened = (path: string, says: string): Change => ({
    kind: "requirement-loosened",
    step: "minor",
    path,
    says,
    ...shown,
  });
  const range = (what: string, old: string, now: string): readonly Change[] => {
    const change = compareRanges(old, now);
    if (change === "same") return [];
    const sentence = `${what} must be ${now}; it was ${old}.`;
    return [
      change === "narrower"
        ? raised(what, `Fewer versions will do: ${sentence}`)
        : loosened(what, `More versions will do: ${sentence}`),
    ];
  };
  const names = [
    ...new Set([...Object.keys(before.requiredProviders), ...Object.keys(after.requiredProviders)]),
  ].sort();
  return [
    ...range("terraform", before.requiredVersion, after.requiredVersion),
    ...names.flatMap((name): readonly Change[] => {
      const old = Object.hasOwn(before.requiredProviders, name) ? before.requiredProviders[name] : undefined;
      const now = Object.hasOwn(after.requiredProviders, name) ? after.requiredProviders[name] : undefined;
      if (now === undefined) return [loosened(name, `The provider ${name} is no longer needed.`)];
      if (old === undefined) return [raised(name, `The provider ${name} is needed now.`)];
      if (old.source !== now.source)
        return [raised(name, `The provider ${name} is ${now.source} now; it was ${old.source}.`)];
      return range(name, old.version, now.version);
    }),
  ];
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
    .map((address): Change => {
      const arrival = arrivalOf(address, moves, after);
      if (arrival !== undefined) {
        arrived.add(arrival.address);
        return {
          kind: "address-moved",
          step: "minor",
          path: address,
          says: `${address} is ${arrival.address} now; Terraform moves it.`,
          before: showAddress(address),
          after: [showAddress(arrival.address), ...arrival.by.map(showMove)].join("\n\n"),
        };
      }
      const type = address.split(".").at(-2);
      const fresh = after.filter((candidate) => !old.has(candidate) && candidate.split(".").at(-2) === type);
      const instead =
        fresh.find((candidate) => plainAddress(candidate) === plainAddress(address)) ??
        (fresh.length === 1 ? fresh[0] : undefined);
      if (instead !== undefined) arrived.add(instead);
      return {
        kind: "address-changed",
        step: "major",
        path: address,
        says:
          instead === undefined
            ? `${address} is gone: what it made would be destroyed.`
            : `${address} is gone and ${instead} is new, without a moved block: what it made would be destroyed ` +
              `and made again.`,
        before: showAddress(address),
        ...(instead === undefined ? {} : { after: showAddress(instead) }),
      };
    });
  const fresh = after
    .filter((address) => !old.has(address) && !arrived.has(address))
    .map((address): Change => ({
      kind: "address-added",
      step: "minor",
      path: address,
      says: `${address} is new.`,
      after: showAddress(address),
    }));
  return [...gone, ...fresh];
}
