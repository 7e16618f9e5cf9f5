/** Publishes a release to the kind of registry that `to` names. */
import { type InputError, inputError } from "../../errors";
import type { Environment } from "../../network/environment";
import type { Publication, PublishSettings } from "../tree/plan";
import type { Release } from "../tree/plan-module";
import { readSite } from "../tree/site";

export interface PublishOptions {
  readonly to: string;
  readonly namespace?: string | undefined;
  readonly baseUrl?: string | undefined;
  readonly bucket?: string | undefined;
  readonly prefix: string;
  readonly endpoint?: string | undefined;
  readonly region?: string | undefined;
  readonly repository?: string | undefined;
  readonly module?: string | undefined;
  readonly dryRun?: boolean | undefined;
  readonly environment: Environment;
}

export interface Published {
  readonly to: string;
  readonly dryRun: boolean;
  readonly changes: Publication["changes"];
  /** Paths or keys that were written, or would be; undefined for git. */
  readonly files: readonly string[] | undefined;
  readonly repaired: boolean;
}

/** Flags that only one kind of registry reads. */
const ONLY_FOR = { bucket: "s3", endpoint: "s3", region: "s3", repository: "git", module: "git" } as const;

/** Throws what publishToFolder, publishToS3 and publishToGit do; InputError usage. */
export async function publish(release: Release, options: PublishOptions): Promise<Published> {
  for (const [flag, kind] of Object.entries(ONLY_FOR) as [keyof typeof ONLY_FOR, "s3" | "git"][]) {
    if (options[flag] !== undefined && options.to !== kind)
      throw usage(`--${flag}`, `--${flag} works with --to ${kind} only.`, `Leave it out, or write --to ${kind}.`);
  }
  if (options.prefix !== "" && options.to !== "s3")
    throw usage("--prefix", "--prefix works with --to s3 only.", "Leave it out, or write --to s3.");
  const settings: PublishSettings = {
    namespace: options.namespace,
    site: options.baseUrl === undefined ? undefined : readSite(options.baseUrl),
  };
  const shared = { to: options.to, dryRun: options.dryRun === true };
  if (options.to === "git")
    return { ...shared, files: undefined, repaired: false, changes: await toGit(release, options) };
  if (options.to === "s3") return { ...shared, ...(await toS3(release, options, settings)), repaired: false };
  const { publishToFolder } = await import("./folder");
  return {
    ...shared,
    ...(await publishToFolder(readFolderTarget(options.to), release, { ...settings, dryRun: options.dryRun })),
  };
}

/** A folder called s3 or git is written ./s3. Throws InputError usage. */
export function readFolderTarget(to: string): string {
  if (to !== "" && to !== "s3" && to !== "git") return to;
  throw usage(
    "--to",
    `--to ${to === "" ? "is empty" : `${to} is not a folder`}.`,
    "Name a folder; one called s3 or git is written ./s3 or ./git.",
  );
}

async function toS3(
  release: Release,
  options: PublishOptions,
  settings: PublishSettings,
): Promise<{ readonly changes: Publication["changes"]; readonly files: readonly string[] }> {
  if (options.bucket === undefined || options.bucket === "")
    throw usage("--bucket", "--to s3 needs a bucket.", "Give it with --bucket.");
  const [{ publishToS3, readPrefix }, { openS3 }] = await Promise.all([import("./s3"), import("./s3-client")]);
  const client = openS3(options.endpoint, options.region);
  try {
    return await publishToS3(client, release, {
      ...settings,
      bucket: options.bucket,
      prefix: readPrefix(options.prefix),
      dryRun: options.dryRun,
    });
  } finally {
    client.destroy();
  }
}

async function toGit(release: Release, options: PublishOptions): Promise<Publication["changes"]> {
  if (options.repository === undefined)
    throw usage(
      "--repository",
      "--to git needs a repository.",
      "Give them like --repository https://github.com/acme/terraform-aws-{name}.git.",
    );
  if (options.namespace !== undefined || options.baseUrl !== undefined)
    throw usage(
      "--to",
      "--namespace and --base-url do not work with --to git.",
      "Leave them out: the public registry takes both from the repository.",
    );
  const { publishToGit } = await import("./git");
  return publishToGit(release, {
    repository: options.repository,
    module: options.module,
    dryRun: options.dryRun,
    environment: options.environment,
  });
}

function usage(path: string, message: string, fix: string): InputError {
  return inputError("usage", message, fix, path);
}
