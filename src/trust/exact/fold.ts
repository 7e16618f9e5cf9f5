/**
 * Letters that are the same when case is folded, as `StringEqualsIgnoreCase` folds it: to upper case and then to lower.
 * Beyond A to Z IAM documents nothing, so these are open; here only their list is made.
 */

/** Where Unicode has letters with case. A letter outside has no other case. */
const CASED: readonly (readonly [number, number])[] = [
  [0x41, 0x587],
  [0x10a0, 0x10ff],
  [0x13a0, 0x13ff],
  [0x1c80, 0x1cbf],
  [0x1d79, 0x1d8e],
  [0x1e00, 0x1fff],
  [0x2126, 0x2188],
  [0x24b6, 0x24e9],
  [0x2c00, 0x2d2d],
  [0xa640, 0xa7ff],
  [0xab53, 0xabbf],
  [0xfb00, 0xfb17],
  [0xff21, 0xff5a],
  [0x10400, 0x104ff],
  [0x10570, 0x105bc],
  [0x10c80, 0x10cff],
  [0x118a0, 0x118df],
  [0x16e40, 0x16e7f],
  [0x1e900, 0x1e943],
];

let variants: ReadonlyMap<string, readonly string[]> | undefined;

/** `text` folded letter by letter; a final sigma is a sigma. */
export function folded(text: string): string {
  return [...text.toUpperCase()].map((letter) => (letter === "Σ" ? "σ" : letter.toLowerCase())).join("");
}

/** Every letter that folds to `letters` (one to three code units), `letters` itself where it is one that does. */
export function foldVariants(letters: string): readonly string[] {
  variants ??= tableOfVariants();
  const found = variants.get(letters);
  return found ?? (letters.length === 1 ? [letters] : []);
}

function tableOfVariants(): ReadonlyMap<string, readonly string[]> {
  const table = new Map<string, string[]>();
  for (const [from, to] of CASED)
    for (let code = from; code <= to; code += 1) {
      const letter = String.fromCodePoint(code);
      const same = folded(letter);
      const list = table.get(same);
      if (list === undefined) table.set(same, [letter]);
      else list.push(letter);
    }
  return table;
}
