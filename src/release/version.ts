/** Versions of releases: semantic ones, written in full. */
import parse from "semver/functions/parse";
import { inputError } from "../errors";
import { quoted } from "../text/text-rule";

const MAX_LENGTH = 64;

/** Whether `readVersion` accepts `text`. */
export function isVersion(text: string): boolean {
  // semver normalizes it to itself: no leading v, no space, no build metadata
  return text.length <= MAX_LENGTH && parse(text)?.version === text;
}

/**
 * `text` where it is a full semantic version: `1.2.0`, `1.2.0-rc.1`. No leading `v`, no build metadata (registries
 * hold 1.0.0+a and 1.0.0+b for the same version). Throws InputError version-invalid.
 */
export function readVersion(text: string, path = "--version"): string {
  if (isVersion(text)) return text;
  throw inputError(
    "version-invalid",
    `${quoted(text)} is not a valid release version.`,
    "Write three numbers, like 1.2.0, or 1.2.0-rc.1 before the release itself.",
    path,
  );
}
