/** Condition keys of a request as typed: `--context key=value`. Pure. */
import { InputError } from "../errors";

/** Key -> values, in the order given. Throws InputError `context-invalid`. */
export function readContext(pairs: readonly string[]): Readonly<Record<string, readonly string[]>> {
  const context = new Map<string, string[]>();
  for (const pair of pairs) {
    const at = pair.indexOf("=");
    if (at <= 0)
      throw new InputError([
        {
          code: "context-invalid",
          message: `${JSON.stringify(pair)} is no key=value.`,
          path: "context",
          fix: "Write it like --context aws:SourceIp=203.0.113.7.",
        },
      ]);
    const key = pair.slice(0, at);
    context.set(key, [...(context.get(key) ?? []), pair.slice(at + 1)]);
  }
  return Object.fromEntries(context);
}
