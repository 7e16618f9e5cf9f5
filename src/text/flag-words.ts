/** Options as the words of a command line. Pure. */

/** The flag of an option: `roleArn` is `role-arn`. */
export function flagName(option: string): string {
  return option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/**
 * `{ roleArn: "arn:…", cache: false, user: ["a", "b"] }` as typed: `--role-arn arn:… --no-cache --user a --user b`.
 * An undefined option is left out.
 */
export function flagWords(
  options: Readonly<Record<string, string | boolean | readonly string[] | undefined>>,
): readonly string[] {
  return Object.entries(options).flatMap(([option, value]): readonly string[] => {
    const name = flagName(option);
    if (value === undefined) return [];
    if (typeof value === "boolean") return [value ? `--${name}` : `--no-${name}`];
    return (typeof value === "string" ? [value] : value).flatMap((one) => [`--${name}`, one]);
  });
}
