/**
 * IAM's `StringLike`: `*` stands for any run of characters (`/` and `:` included), `?` for exactly one; case counts.
 * A pattern is cut at its stars once; each piece is then looked for once, from where the last one ended, so the time
 * grows with the length of the text however many stars there are.
 */

/** Whether a text matches. */
export type LikeMatcher = (text: string) => boolean;

/**
 * What `*` and `?` are written as in a pattern where they stand for themselves (`${*}`, `${?}`). Both code points are
 * noncharacters in Unicode, and IAM takes none above U+00FF into a policy.
 */
export const LITERAL_WILDCARDS = { "*": "\ufdd0", "?": "\ufdd1" } as const;

/** The text between two stars. */
interface Piece {
  readonly text: string;
  /** Offsets of its `?`, which take any character; empty for most pieces. */
  readonly open: readonly number[];
  /** Made when first needed. */
  finder?: (text: string, from: number) => number;
}

/** Prepares `pattern` for many texts. */
export function likeMatcher(pattern: string): LikeMatcher {
  const pieces = piecesOf(pattern);
  const [first] = pieces;
  const last = pieces[pieces.length - 1];
  if (first === undefined || last === undefined) return (text) => text === "";
  const closed = first.open.length + last.open.length === 0;
  if (pieces.length === 1)
    return closed
      ? (text) => text === first.text
      : (text) => text.length === first.text.length && pieceAt(first, text, 0);
  const inner = pieces.slice(1, -1).filter((piece) => piece.text !== "");
  const shortest = pieces.reduce((sum, piece) => sum + piece.text.length, 0);
  if (inner.length === 0 && closed)
    return (text) => text.length >= shortest && text.startsWith(first.text) && text.endsWith(last.text);
  return (text) => {
    const end = text.length - last.text.length;
    if (text.length < shortest || !pieceAt(first, text, 0) || !pieceAt(last, text, end)) return false;
    let at = first.text.length;
    for (const piece of inner) {
      at = findPiece(piece, text, at);
      if (at < 0) return false;
      at += piece.text.length;
    }
    return at <= end;
  };
}

/** Whether `text` matches `pattern`, for a single try. */
export function stringLike(pattern: string, text: string): boolean {
  return likeMatcher(pattern)(text);
}

/** Whether `text` holds `*` or `?`. */
export function hasWildcard(text: string): boolean {
  return /[*?]/.test(text);
}

/** Whether `pattern` is nothing but wildcards. */
export function isOnlyWildcards(pattern: string): boolean {
  return /^[*?]+$/.test(pattern);
}

/** The text of `pattern` before its first and after its last wildcard. */
export function literalEnds(pattern: string): { readonly head: string; readonly tail: string } {
  return {
    head: pattern.split(/[*?]/, 1)[0] ?? "",
    tail: pattern.slice(Math.max(pattern.lastIndexOf("*"), pattern.lastIndexOf("?")) + 1),
  };
}

/** A text that `pattern` lets in: `filler` for its stars. */
export function instanceOf(pattern: string, filler = "someone"): string {
  return pattern.replace(/\*+/g, filler).replace(/\?/g, "x");
}

const CLOSED: readonly number[] = [];

function piecesOf(pattern: string): readonly Piece[] {
  const parts = pattern.split("*");
  if (!/[?\ufdd0\ufdd1]/.test(pattern)) return parts.map((text) => ({ text, open: CLOSED }));
  return parts.map((part) => {
    const open: number[] = [];
    for (let at = part.indexOf("?"); at >= 0; at = part.indexOf("?", at + 1)) open.push(at);
    return { text: part.replaceAll(LITERAL_WILDCARDS["*"], "*").replaceAll(LITERAL_WILDCARDS["?"], "?"), open };
  });
}

/** Up to this length comparing a piece at every place is quicker than preparing to look for it. */
const SHORT_PIECE = 8;

/** The first place of `piece` in `text` from `from` on, or -1. */
function findPiece(piece: Piece, text: string, from: number): number {
  if (piece.open.length === 0) return text.indexOf(piece.text, from);
  if (piece.text.length > SHORT_PIECE) return (piece.finder ??= finderOf(piece.text, piece.open))(text, from);
  for (let at = from; at + piece.text.length <= text.length; at += 1) if (pieceAt(piece, text, at)) return at;
  return -1;
}

function pieceAt(piece: Piece, text: string, at: number): boolean {
  if (piece.open.length === 0) return text.startsWith(piece.text, at);
  if (at + piece.text.length > text.length) return false;
  let next = 0;
  for (let offset = 0; offset < piece.text.length; offset += 1) {
    if (offset === piece.open[next]) next += 1;
    else if (piece.text.charCodeAt(offset) !== text.charCodeAt(at + offset)) return false;
  }
  return true;
}

/**
 * Looks for a piece with open places by the shift-and method: one bit for each of its characters, thirty-two at a step.
 * Comparing it at every place instead would take the product of the two lengths.
 */
function finderOf(piece: string, open: readonly number[]): (text: string, from: number) => number {
  const words = (piece.length + 31) >>> 5;
  const anywhere = new Int32Array(words);
  const set = (mask: Int32Array, bit: number): void => {
    mask[bit >>> 5] = (mask[bit >>> 5] ?? 0) | (1 << (bit & 31));
  };
  for (const offset of open) set(anywhere, offset);
  const isOpen = new Set(open);
  const masks = new Map<number, Int32Array>();
  for (let offset = 0; offset < piece.length; offset += 1) {
    if (isOpen.has(offset)) continue;
    const code = piece.charCodeAt(offset);
    let mask = masks.get(code);
    if (mask === undefined) masks.set(code, (mask = anywhere.slice()));
    set(mask, offset);
  }
  const lastWord = words - 1;
  const lastBit = 1 << ((piece.length - 1) & 31);
  return (text, from) => {
    const state = new Int32Array(words);
    for (let at = from; at < text.length; at += 1) {
      const mask = masks.get(text.charCodeAt(at)) ?? anywhere;
      let carry = 1;
      for (let word = 0; word < words; word += 1) {
        const before = state[word] ?? 0;
        state[word] = ((before << 1) | carry) & (mask[word] ?? 0);
        carry = before >>> 31;
      }
      if (((state[lastWord] ?? 0) & lastBit) !== 0) return at - piece.length + 1;
    }
    return -1;
  };
}
