/** The names of identities beside the subjects that a message quotes. Pure. */
import { withNames } from "../text/words";

export type NamesOf = (subject: string) => readonly string[];

/** A subject as `quoted` writes it. */
const QUOTED = /"(?:[^"\\]|\\.)*"/g;

/** `finding` with the names of each subject that its message quotes; those that it names in `names`. */
export function namedFinding<T extends { readonly message: string }>(
  finding: T,
  namesOf: NamesOf,
): T & { readonly names: Readonly<Record<string, readonly string[]>> } {
  const names: Record<string, readonly string[]> = {};
  const message = finding.message.replace(QUOTED, (text) => {
    const subject = unquoted(text);
    const own = subject === undefined ? [] : namesOf(subject);
    if (subject !== undefined && own.length > 0) names[subject] = own;
    return withNames(text, own);
  });
  return { ...finding, message, names };
}

function unquoted(text: string): string | undefined {
  try {
    return JSON.parse(text) as string;
  } catch {
    return undefined;
  }
}
