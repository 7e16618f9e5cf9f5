/** Rules that Terraform enforces, before and after: which are new, changed, removed, or only reworded. */
import type { ContractRule } from "../../module/contract";

export interface RuleDifference {
  readonly what: "added" | "changed" | "removed" | "reworded";
  readonly before: ContractRule | undefined;
  readonly after: ContractRule | undefined;
}

/** What happened to a rule of the variable or output `name`: a sentence that the rule's message ends. */
export const RULE_WORDS: Readonly<Record<RuleDifference["what"], (name: string) => string>> = {
  added: (name) => `A rule of ${name} is new`,
  changed: (name) => `A rule of ${name} changed`,
  removed: (name) => `A rule of ${name} was removed`,
  reworded: (name) => `A rule of ${name} was reworded`,
};

/** Rules are the same by their condition; one whose condition changed is found by its code. */
export function compareRules(
  before: readonly ContractRule[],
  after: readonly ContractRule[],
): readonly RuleDifference[] {
  const differences: RuleDifference[] = [];
  const left = [...before];
  const fresh: ContractRule[] = [];
  for (const rule of after) {
    const index = left.findIndex((candidate) => spaceless(candidate.condition) === spaceless(rule.condition));
    if (index < 0) {
      fresh.push(rule);
      continue;
    }
    const [same] = left.splice(index, 1);
    if (same?.message !== rule.message || same.code !== rule.code)
      differences.push({ what: "reworded", before: same, after: rule });
  }
  for (const rule of fresh) {
    const index = left.findIndex(({ code }) => code === rule.code);
    const [old] = index < 0 ? [] : left.splice(index, 1);
    differences.push({ what: old === undefined ? "added" : "changed", before: old, after: rule });
  }
  return [...differences, ...left.map((rule): RuleDifference => ({ what: "removed", before: rule, after: undefined }))];
}

/**
 * Whether `rule` of `variable` requires nothing of a caller who leaves `fresh` attributes out (paths as `compareTypes`
 * writes them): it reads nothing else, so their defaults alone decide it. False also where that cannot be shown.
 */
export function readsOnly(rule: ContractRule, variable: string, fresh: readonly string[]): boolean {
  const condition = spaceless(rule.condition).replace(/"((?:[^"\\]|\\.)*)"/g, (_, text: string) => expressionsIn(text));
  if (condition.includes(UNREAD) || /\b(?:local|data|module|each|path|self)\./.test(condition)) return false;
  // what each loop runs over, below the variable
  const loops = new Map<string, string>();
  const plain = condition.replaceAll(/\bfor (\w+) in var\.(\w+) :/g, (loop, name: string, of: string) => {
    if (of !== variable) return loop;
    loops.set(name, "[*]");
    return ":";
  });
  if (loops.size === 0 || /\bvar\./.test(plain)) return false;
  return onlyFresh(plain, loops, new Set(fresh));
}

const UNREAD = "\0";

/** What a text reads: the expressions in it, without the words around them. */
function expressionsIn(text: string): string {
  const expressions = [...text.matchAll(/\$\{([^{}]*)\}/g)].map(([, expression = ""]) => `(${expression})`);
  // a quote or a brace within an expression ends the text too early for us
  return /[$%]\{/.test(text.replace(/\$\{[^{}]*\}/g, "")) ? UNREAD : `(${expressions.join(" ")})`;
}

function onlyFresh(condition: string, loops: ReadonlyMap<string, string>, fresh: ReadonlySet<string>): boolean {
  const inner = new Map<string, string>();
  for (const [name, path] of loops) {
    for (const [, attribute] of condition.matchAll(new RegExp(`\\b${name}\\b(?:\\.(\\w+))?`, "g"))) {
      if (attribute === undefined) return false;
      if (fresh.has(`${path}.${attribute}`)) continue;
      // an attribute that was there may be run over, if only fresh ones are read of what it holds
      const uses = [...condition.matchAll(new RegExp(`(?:\\bfor (\\w+) in )?\\b${name}\\.${attribute}\\b( :)?`, "g"))];
      if (!uses.every(([, loop, end]) => loop !== undefined && end !== undefined)) return false;
      for (const [, loop = ""] of uses) inner.set(loop, `${path}.${attribute}[*]`);
    }
  }
  if (inner.size === 0) return true;
  return onlyFresh(
    condition.replaceAll(/\bfor \w+ in \w+\.\w+ :/g, (loop) =>
      inner.has(/for (\w+)/.exec(loop)?.[1] ?? "") ? ":" : loop,
    ),
    inner,
    fresh,
  );
}

function spaceless(condition: string): string {
  return condition.replace(/\s+/g, " ").trim();
}
