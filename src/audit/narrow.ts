/** The federation file without the identities that were not seen, and the rest of it as it is written. Pure. */
import { isMap, isScalar, isSeq, type Node, type Pair, parseDocument, type YAMLMap, type YAMLSeq } from "yaml";
import type { DeclaredIdentity } from "./audit";

/** A piece of the text that goes, or is replaced. */
interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/**
 * `text`, a federation file, without `identities`. A role of which every identity would go is left as it is: whether
 * it is still needed is for a person to say. What an alias shares with another role stays too.
 */
export function narrowed(text: string, identities: readonly DeclaredIdentity[]): string {
  const document = parseDocument(text);
  const roles: unknown = document.get("roles");
  const edits: Edit[] = [];
  const byRole = new Map<string, DeclaredIdentity[]>();
  for (const identity of identities) byRole.set(identity.role, [...(byRole.get(identity.role) ?? []), identity]);
  for (const [key, unseen] of byRole) {
    const role: unknown = isMap(roles) ? roles.get(key) : undefined;
    const trusts: unknown = isMap(role) ? role.get("trusts") : undefined;
    if (isSeq(trusts)) edits.push(...(narrowedTrusts(trusts, unseen, text) ?? []));
  }
  return edits
    .sort((a, b) => b.start - a.start)
    .reduce((edited, { start, end, text: by }) => edited.slice(0, start) + by + edited.slice(end), text);
}

/** Undefined where no trust would be left. */
function narrowedTrusts(
  trusts: YAMLSeq,
  unseen: readonly DeclaredIdentity[],
  text: string,
): readonly Edit[] | undefined {
  const emptied: unknown[] = [];
  const edits: Edit[] = [];
  trusts.items.forEach((trust, index) => {
    const own = unseen.filter((identity) => identity.trust === index);
    if (own.length === 0 || !isMap(trust)) return;
    const { gone, inner } = narrowedLists(trust, own, text);
    const left = trust.items.filter((pair) => SUBJECTS.has(keyOf(pair)) && !gone.includes(pair));
    if (left.length === 0) emptied.push(trust);
    else edits.push(...inner, ...without(trust, gone, text));
  });
  if (emptied.length === trusts.items.length) return undefined;
  return [...edits, ...without(trusts, emptied, text)];
}

const SUBJECTS: ReadonlySet<string> = new Set([
  "servicePrincipals",
  "users",
  "subjects",
  "identities",
  "subjectPatterns",
  "wideSubjectPatterns",
]);

/** `gone`: the fields whose every value goes. */
function narrowedLists(
  trust: YAMLMap,
  unseen: readonly DeclaredIdentity[],
  text: string,
): { readonly gone: readonly Pair[]; readonly inner: readonly Edit[] } {
  const gone: Pair[] = [];
  const inner: Edit[] = [];
  for (const pair of trust.items) {
    const subjects = new Set(
      unseen.flatMap(({ field, subject, name }) => (field === keyOf(pair) ? [name ?? subject] : [])),
    );
    if (subjects.size === 0 || !isSeq(pair.value)) continue;
    const items = pair.value.items.filter((item) => subjects.has(subjectOf(item)));
    if (items.length === pair.value.items.length) gone.push(pair);
    else inner.push(...without(pair.value, items, text));
  }
  return { gone, inner };
}

function keyOf(pair: Pair): string {
  return isScalar(pair.key) ? String(pair.key.value) : "";
}

/** A wide pattern is a mapping with its reason. */
function subjectOf(item: unknown): string {
  const value: unknown = isMap(item) ? item.get("pattern") : isScalar(item) ? item.value : "";
  return String(value).normalize("NFC");
}

/** What takes `gone` out of `collection`. */
function without(collection: YAMLSeq | YAMLMap, gone: readonly unknown[], text: string): readonly Edit[] {
  const items: readonly unknown[] = collection.items;
  if (gone.length === 0) return [];
  if (collection.flow === true) {
    const firstKept = items.findIndex((item) => !gone.includes(item));
    return items.flatMap((item, index) => {
      if (!gone.includes(item)) return [];
      const [start, end] = placeOf(item);
      // with the comma before it, or with the one after it where nothing before it stays
      return index > firstKept
        ? [{ start: placeOf(items[index - 1])[1], end, text: "" }]
        : [{ start, end: placeOf(items[index + 1])[0], text: "" }];
    });
  }
  return items.flatMap((item, index) => {
    if (!gone.includes(item)) return [];
    const [start, end] = placeOf(item);
    const line = text.lastIndexOf("\n", start - 1) + 1;
    const next = items[index + 1];
    // the first field of a trust stands on the line of the trust's dash
    const isOnDash = isMap(collection) && text.slice(line, start).trim() !== "";
    if (isOnDash && next !== undefined) return [{ start, end: placeOf(next)[0], text: "" }];
    const after = text.indexOf("\n", end - 1);
    return [{ start: line, end: after < 0 ? text.length : after + 1, text: "" }];
  });
}

function placeOf(item: unknown): readonly [start: number, end: number] {
  const pair = item as Partial<Pair>;
  const [first, last] = pair.key === undefined ? [item, item] : [pair.key, pair.value ?? pair.key];
  return [(first as Node).range?.[0] ?? 0, (last as Node).range?.[1] ?? 0];
}
