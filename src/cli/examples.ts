/** The examples under a verb's help: what each is for, and a call that can be copied whole. */

/**
 * For yargs' `epilogue`, since its own `example` puts calls into a column and cuts them there. Each pair is a call, a
 * line
 * or several that end in `\`, and what it is for. `$0` is the program's name.
 */
export function examples(...pairs: readonly (readonly [call: string, why: string])[]): string {
  return ["Examples:", ...pairs.map(([call, why]) => `  # ${why}\n  ${call.replaceAll("\n", "\n    ")}`)].join("\n");
}
