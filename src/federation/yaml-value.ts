/**
 * The plain value of a parsed YAML document, within bounds: aliases that hold themselves, or multiply, would otherwise
 * grow without end.
 */
import { isAlias, isMap, isScalar, isSeq } from "yaml";
import type { Node, YAMLMap } from "yaml";
import type { ErrorCode } from "../errors";
import { quoted } from "../text/text-rule";
import { setMember } from "./canonical-input";
import type { PathPart } from "./path";
import { formatPath } from "./path";

export interface YamlFault {
  readonly code: ErrorCode;
  readonly message: string;
  readonly fix: string;
  /** Into the text. */
  readonly offset: number;
  /** Of the value, or the key; "" for the whole. */
  readonly path: string;
}

export interface PlainValue {
  readonly value: unknown;
  /** The node that each alias refers to. */
  readonly targets: ReadonlyMap<Node, Node>;
  /** Codes: yaml-duplicate-key, yaml-alias-limit, yaml-syntax, number-unquoted. */
  readonly faults: readonly YamlFault[];
}

/** Nodes that aliases may add to the document. */
const MAX_ALIASED_NODES = 100_000;
/** Deeper than this no federation goes; a policy document is at most about ten deep. */
const MAX_DEPTH = 50;
/** More faults than this are not looked for. */
const MAX_FAULTS = 100;

export function plainValue(contents: unknown): PlainValue {
  const anchors = new Map<string, Node>();
  const targets = new Map<Node, Node>();
  const open = new Set<Node>();
  const faults: YamlFault[] = [];
  let aliased = 0;
  /** The alias as it is in the document, while its value is written out, and where. */
  let outermost: { readonly node: unknown; readonly path: string } = { node: undefined, path: "" };
  /** Where `plain` is; one for all, so that nothing is allocated for a place that is not requested. */
  const trail: PathPart[] = [];
  const fault = (node: unknown, code: ErrorCode, message: string, fix: string, path = formatPath(trail)): undefined => {
    if (faults.length < MAX_FAULTS)
      faults.push({ code, message, fix, path, offset: (node as Node | null)?.range?.[0] ?? 0 });
    return undefined;
  };

  const plain = (node: unknown, depth: number, inAlias: boolean): unknown => {
    if (inAlias && (aliased += 1) > MAX_ALIASED_NODES) {
      return aliased === MAX_ALIASED_NODES + 1
        ? fault(
            outermost.node,
            "yaml-alias-limit",
            "The file's aliases expand too far.",
            "Write the values out.",
            outermost.path,
          )
        : undefined;
    }
    if (depth > MAX_DEPTH)
      return fault(node, "yaml-syntax", `The file is nested more than ${MAX_DEPTH} deep.`, "Flatten it.");
    if (node === null || node === undefined) return null;
    if (isAlias(node)) {
      if (!inAlias) outermost = { node, path: formatPath(trail) };
      return aliasValue(node, depth);
    }
    if (!inAlias && (isScalar(node) || isMap(node) || isSeq(node)) && node.anchor !== undefined)
      anchors.set(node.anchor, node);
    if (isScalar(node)) return node.value;
    if (!isMap(node) && !isSeq(node))
      return fault(
        node,
        "yaml-syntax",
        "Invalid YAML: this is not a mapping, a list or a string.",
        "Write a mapping, a list or a string.",
      );
    open.add(node);
    const value = isMap(node)
      ? mapping(node, depth, inAlias)
      : node.items.map((item, index) => plainAt(index, item, depth + 1, inAlias));
    open.delete(node);
    return value;
  };

  const plainAt = (part: PathPart, node: unknown, depth: number, inAlias: boolean): unknown => {
    trail.push(part);
    const value = plain(node, depth, inAlias);
    trail.pop();
    return value;
  };

  const aliasValue = (node: Node & { readonly source: string }, depth: number): unknown => {
    const target = targets.get(node) ?? anchors.get(node.source);
    if (target === undefined)
      return fault(
        node,
        "yaml-syntax",
        `There is no anchor ${quoted(node.source)} above.`,
        "Write it out; put a string that begins with * in quotes.",
      );
    if (open.has(target))
      return fault(
        node,
        "yaml-alias-limit",
        `The alias ${quoted(node.source)} contains itself.`,
        "Write the values out.",
      );
    targets.set(node, target);
    return plain(target, depth, true);
  };

  const mapping = (node: YAMLMap, depth: number, inAlias: boolean): unknown => {
    const members: Record<string, unknown> = {};
    for (const { key, value } of node.items) {
      if (!isScalar(key) || typeof key.value !== "string") {
        // `0123: …` would silently become the key 123
        const shown = isScalar(key) ? String(key.source ?? key.value) : "a list, mapping or alias";
        fault(key, "number-unquoted", `The key ${quoted(shown)} is not a string.`, "Put it in quotes.");
        continue;
      }
      if (!inAlias && key.anchor !== undefined) anchors.set(key.anchor, key);
      if (key.value === "<<" && key.type === "PLAIN") {
        fault(
          key,
          "yaml-syntax",
          "The merge key << is not supported: YAML 1.2 has none.",
          "Write the members out.",
          formatPath([...trail, key.value]),
        );
        continue;
      }
      if (Object.hasOwn(members, key.value)) {
        if (!inAlias)
          fault(
            key,
            "yaml-duplicate-key",
            `The key ${quoted(key.value)} is repeated here.`,
            "Keep one of them.",
            formatPath([...trail, key.value]),
          );
        continue;
      }
      setMember(members, key.value, plainAt(key.value, value, depth + 1, inAlias));
    }
    return members;
  };

  return { value: plain(contents, 0, false), targets, faults };
}
