/**
 * IAM's `StringLike`: `*` stands for any run of characters (`/` and `:` included), `?` for exactly one; case counts.
 * Greedy with one point of return, so the time is at most the product of the lengths and, for real patterns, linear.
 */
export function stringLike(pattern: string, text: string): boolean {
  // Many stars against a long value: each literal piece is looked for once, from where the last one ended.
  const pieces = pattern.split(/\*+/);
  const [first = "", ...others] = pieces;
  if (others.length === 0) return text.length === first.length && pieceAt(first, text, 0);
  if (!pieceAt(first, text, 0)) return false;
  const last = others[others.length - 1] ?? "";
  let at = first.length;
  for (const piece of others.slice(0, -1)) {
    at = findPiece(piece, text, at);
    if (at < 0) return false;
    at += piece.length;
  }
  return text.length - last.length >= at && pieceAt(last, text, text.length - last.length);
}

function pieceAt(piece: string, text: string, at: number): boolean {
  if (at + piece.length > text.length) return false;
  if (!piece.includes("?")) return text.startsWith(piece, at);
  for (let offset = 0; offset < piece.length; offset += 1) {
    if (piece[offset] !== "?" && piece[offset] !== text[at + offset]) return false;
  }
  return true;
}

function findPiece(piece: string, text: string, from: number): number {
  if (!piece.includes("?")) return text.indexOf(piece, from);
  for (let at = from; at + piece.length <= text.length; at += 1) if (pieceAt(piece, text, at)) return at;
  return -1;
}
