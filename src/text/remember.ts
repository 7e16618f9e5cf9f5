/** More texts than ours are only in what others wrote, which could hold any number. */
const MOST = 200;

/** `compute`, a pure function, once for each of the first texts that are asked for. */
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
