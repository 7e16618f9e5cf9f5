/** Judges tags: a role's are its sessions' principal tags, so a policy may hang on them. Pure. */
import { quoted } from "../../text/text-rule";

type Tags = Readonly<Record<string, string>>;

/**
 * What is wrong, in words. Tags beside the declared ones are others' business: organisations and Terraform's
 * default_tags set them.
 */
export function tagFaults(declared: Tags, live: Tags): readonly string[] {
  return Object.entries(declared).flatMap(([key, value]) => {
    // a tag may be called as what every object has: constructor
    const there = Object.hasOwn(live, key) ? live[key] : undefined;
    return there === value
      ? []
      : [
          `its tag ${quoted(key)} is ${there === undefined ? "missing" : quoted(there)}, by the ` +
            `federation ${quoted(value)}`,
        ];
  });
}
