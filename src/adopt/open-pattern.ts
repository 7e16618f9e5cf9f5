/** Whom a subject pattern lets in whom no one named: a service principal at random, anyone with a mailbox. Pure. */
import { isPublicMailDomain } from "../lint/public-mail-domains";
import { domainOf, fixesDomain } from "./federation-of-plan";

/** Whom the pattern matches, in words; null where it matches neither. */
export function openTo(pattern: string): string | null {
  if (fixesDomain(pattern))
    return isPublicMailDomain(domainOf(pattern)) ? `every address of the public provider ${domainOf(pattern)}` : null;
  const people = meets(pattern, PUBLIC_ADDRESS)
    ? "addresses of public mail providers"
    : meets(pattern, ADDRESS) && !endsInDomain(pattern)
      ? "addresses of domains that anyone may register"
      : null;
  const programs = meets(pattern, APPLICATION_ID) ? "application IDs that no one named" : null;
  return people === null || programs === null ? (people ?? programs) : `${people}, and ${programs}`;
}

/** A character of a form, or any number of them. */
interface Part {
  readonly takes: (character: string) => boolean;
  readonly repeats: boolean;
}

const one = (takes: Part["takes"]): Part => ({ takes, repeats: false });
const literal = (text: string): readonly Part[] =>
  [...text].map((character) => one((other) => other.toLowerCase() === character));
const hex = one((character) => /[0-9a-f]/.test(character));
const local = (character: string): boolean => /[A-Za-z0-9.!#%&'+/=^_`~-]/.test(character);

const many = (takes: Part["takes"]): readonly Part[] => [one(takes), { takes, repeats: true }];
const letter = (character: string): boolean => /[A-Za-z]/.test(character);
const host = (character: string): boolean => /[A-Za-z0-9.-]/.test(character);

const PUBLIC_ADDRESS: readonly Part[] = [...many(local), ...literal("@gmail.com")];
const ADDRESS: readonly Part[] = [...many(local), ...literal("@"), ...many(host), ...literal("."), ...many(letter)];
const APPLICATION_ID: readonly Part[] = [8, 4, 4, 4, 12].flatMap((length, index) => [
  ...(index === 0 ? [] : literal("-")),
  ...Array.from({ length }, () => hex),
]);

/** Whether all that the pattern matches ends in one domain of two labels or more, or in one below it. */
function endsInDomain(pattern: string): boolean {
  const end = pattern.slice(Math.max(pattern.lastIndexOf("*"), pattern.lastIndexOf("?")) + 1);
  return /[@.][a-z0-9-]+(?:\.[a-z0-9-]+)+$/i.test(end);
}

/** Whether some text matches both the pattern and the form. */
function meets(pattern: string, form: readonly Part[]): boolean {
  // the places in the form that what was read of the pattern may have come to
  let places = closed(new Set([0]), form);
  for (const character of pattern) {
    const next = new Set<number>();
    if (character === "*") {
      const first = Math.min(...places);
      for (let at = first; at <= form.length; at += 1) next.add(at);
    } else
      for (const at of places) {
        const part = form[at];
        if (part !== undefined && (character === "?" || part.takes(character))) next.add(part.repeats ? at : at + 1);
      }
    places = closed(next, form);
    if (places.size === 0) return false;
  }
  return places.has(form.length);
}

/** `places`, with those behind parts that may be left out. */
function closed(places: Set<number>, form: readonly Part[]): Set<number> {
  for (const at of places) if (form[at]?.repeats === true) places.add(at + 1);
  return places;
}
