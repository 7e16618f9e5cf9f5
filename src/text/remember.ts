/** A federation has fewer different texts; a policy that others wrote could hold any number. */
const MOST = 200;

/** `compute`, a pure function, with its results kept for the first texts that it is called with. */
export function remember<T>(compute: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    const found = known.get(text);
    if (found !== undefined || known.has(text)) return found as T;
    const made = compute(text);
    if (known.size < MOST) known.set(text, made);
    return made;
  };
}
