/** Values of the request that tell two conditions apart: at each edge of what one lets in, and on either side of it. */
import { addressEdges } from "../trust/address-edges";
import type { ParsedCondition } from "../trust/parsed/parsed-role";

/** Nobody's address and nobody's value: outside whatever a condition names. */
const ELSEWHERE_ADDRESS = "192.0.2.201";
export const ELSEWHERE = "elsewhere";
const ELSEWHERE_ARN = "arn:aws:iam::000000000000:role/elsewhere";

/** What stars of a pattern stand for when it is tried. */
const FILLINGS = ["", "q7", "someone.else"] as const;

/** Texts that `pattern` lets in. */
export function instancesOf(pattern: string): readonly string[] {
  return FILLINGS.map((filling) => pattern.replace(/\*/g, filling).replace(/\?/g, "x"));
}

/** `text` with the case of all its letters turned round, of the first, and of the last; nothing where it has none. */
export function caseTurned(text: string): readonly string[] {
  const turned = (letter: string): string =>
    letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase();
  const spellings = [
    text.replace(/[A-Za-z]/g, turned),
    text.replace(/[A-Za-z]/, turned),
    text.replace(/[A-Za-z](?=[^A-Za-z]*$)/, turned),
  ];
  return [...new Set(spellings)].filter((spelling) => spelling !== text);
}

/** Values of `condition`'s key worth trying. */
export function telling({ test, values }: ParsedCondition): readonly string[] {
  if (test === "Null") return [ELSEWHERE];
  if (test.endsWith("IpAddress")) return [...values.flatMap(edgesOfBlock), ELSEWHERE_ADDRESS];
  if (test.startsWith("Numeric")) return values.flatMap(aroundNumber);
  if (test.startsWith("Date")) return values.flatMap(aroundDate);
  if (test === "Bool") return ["true", "false"];
  const written = values.flatMap((value) => (/[*?]/.test(value) ? instancesOf(value) : [value]));
  return [
    ...written,
    ...(test.includes("IgnoreCase") ? written.flatMap(caseTurned) : []),
    test.startsWith("Arn") ? ELSEWHERE_ARN : ELSEWHERE,
  ];
}

function aroundNumber(text: string): readonly string[] {
  return /^-?\d{1,15}$/.test(text) ? [-1, 0, 1].map((step) => String(Number(text) + step)) : [text];
}

function aroundDate(text: string): readonly string[] {
  const time = /^\d{5,12}$/.test(text) ? Number(text) * 1000 : Date.parse(text);
  return Number.isNaN(time) ? [text] : [text, ...[-1000, 1000].map((step) => new Date(time + step).toISOString())];
}

/**
 * Where two lists of blocks differ, they differ at one of these: of either list, what is let in begins and ends
 * nowhere else.
 */
function edgesOfBlock(block: string): readonly string[] {
  const edges = addressEdges(block);
  return edges === null ? [block] : [...edges.inside, ...edges.outside];
}
