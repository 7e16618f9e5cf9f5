/** One profile in the AWS config, so that every SDK and the AWS CLI ask this program for credentials. */
import { createHash } from "node:crypto";
import { readFileSync, readlinkSync, realpathSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { inputError, type OutsideError, outsideError } from "../errors";
import { makeFolder, removeLeftovers, writeWhole } from "../files/write-file";
import type { Environment } from "../network/environment";
import { quoted } from "../text/text-rule";
import { readAwsFile, withSettings } from "./aws-file";
import { cacheFolder, makePrivateFolder } from "./cached-session";
import { withLock } from "../files/lock";
import { awsFiles } from "./credential-chain";

export interface ProfileOptions {
  readonly environment: Environment;
  readonly name: string;
  /** The program and its arguments, unquoted. */
  readonly command: readonly string[];
  readonly region: string | null;
}

export interface WrittenProfile {
  readonly file: string;
  readonly changed: boolean;
}

/** Settings that give a profile credentials before, or instead of, `credential_process`. */
const IN_THE_WAY = [
  "aws_access_key_id",
  "aws_secret_access_key",
  "aws_session_token",
  "role_arn",
  "source_profile",
  "credential_source",
  "web_identity_token_file",
  "sso_session",
  "sso_start_url",
  "sso_account_id",
  "login_session",
];

/**
 * Writes or updates the profile: `credential_process`, and `region` where given. The rest of the file keeps its every
 * byte, and the file is whole at all times. No secret is written. Throws InputError profile-name-invalid,
 * profile-taken; OutsideError aws-config-unusable.
 */
export async function writeProfile(options: ProfileOptions): Promise<WrittenProfile> {
  const { name } = options;
  if (!/^[A-Za-z0-9_.@+-]{1,64}$/.test(name)) {
    throw inputError(
      "profile-name-invalid",
      `${quoted(name)} is not a valid profile name.`,
      "Use 1 to 64 letters, digits and _.@+-.",
      "profile-name",
    );
  }
  const files = awsFiles(options.environment);
  const file = target(files.config);
  // keys in `~/.aws/credentials` win over the config's `credential_process`
  refuseIn(read(files.credentials), [name], files.credentials, name);
  try {
    makeFolder(dirname(file), 0o700);
  } catch (cause) {
    throw unusable(file, cause);
  }
  const folder = cacheFolder(options.environment.env, options.environment.home);
  makePrivateFolder(folder);
  // the lock lies in our own folder, not in the user's
  return withLock(join(folder, createHash("sha256").update(file).digest("hex")), { waitMs: 20_000 }, async () => {
    const before = read(file);
    const section = name === "default" ? "default" : `profile ${name}`;
    refuseIn(before, [section, ...(name === "default" ? ["profile default"] : [])], file, name);
    const after = withSettings(before, section, {
      credential_process: commandLine(options.command),
      ...(options.region === null ? {} : { region: options.region }),
    });
    if (after === before) {
      removeLeftovers(file);
      return { file, changed: false };
    }
    try {
      // mode and owner of a file that is there stay; a new one is the user's alone
      writeWhole(file, after, { mode: 0o600, like: statSync(file, { throwIfNoEntry: false }) });
    } catch (cause) {
      throw unusable(file, cause);
    }
    return { file, changed: true };
  });
}

/** A link is followed, so that it stays a link; one to a file that is yet to be made too. */
function target(file: string): string {
  for (const find of [() => realpathSync(file), () => resolve(dirname(file), readlinkSync(file))]) {
    try {
      return find();
    } catch {
      // no such file, or no link
    }
  }
  return file;
}

function read(file: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(readFileSync(file));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw unusable(file, cause);
  }
}

function unusable(file: string, cause: unknown): OutsideError {
  const why =
    cause instanceof TypeError ? "it is not UTF-8" : ((cause as NodeJS.ErrnoException).code ?? "unknown error");
  return outsideError(
    "aws-config-unusable",
    `${file} cannot be changed: ${why}.`,
    "Check the file and its folder, or name another with AWS_CONFIG_FILE.",
    undefined,
    cause,
  );
}

function refuseIn(text: string, sections: readonly string[], file: string, name: string): void {
  const found = readAwsFile(text)
    .filter((section) => sections.includes(section.name))
    .flatMap((section) => IN_THE_WAY.filter((key) => section.values.has(key)));
  if (found.length === 0) return;
  throw inputError(
    "profile-taken",
    `Profile ${name} in ${file} has ${found.join(", ")}, which would be used instead.`,
    "Name another profile with --profile-name, or remove those lines (docs/moving-from-keys.md).",
    "profile-name",
  );
}

/**
 * As AWS SDKs split it: words with white space or quotes in double quotes. Throws InputError `profile-name-invalid`.
 */
function commandLine(words: readonly string[]): string {
  return words
    .map((word) => {
      if (/^[A-Za-z0-9_@%+=:,./-]+$/.test(word)) return word;
      if (/["\\\r\n$`#;]/.test(word))
        throw inputError(
          "profile-name-invalid",
          `${quoted(word)} cannot be written to credential_process.`,
          "Use paths without quotes, backslashes and $.",
        );
      return `"${word}"`;
    })
    .join(" ");
}
