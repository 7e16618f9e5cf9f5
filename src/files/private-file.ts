/** A file in a folder of the user's: private, whole or not at all, and nothing left beside it. */
import { constants } from "node:fs";
import { open, readdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { isAlive } from "./lock";

const MARK = ".databricks-aws-oidc-";

/** Whose a file is, and who may do what with it; of `fs.Stats`. */
export type Ownership = Readonly<Record<"mode" | "uid" | "gid", number>>;

/**
 * Writes `text` to `file` (0600, or with mode and owner as `like` has them where we may). A process killed meanwhile
 * leaves the old file; its half-written one is removed by the
 * next. Throws Node's errors.
 */
export async function writePrivateFile(file: string, text: string, like?: Ownership): Promise<void> {
  const stage = join(dirname(file), `.${basename(file)}${MARK}${process.pid}`);
  await removeLeftovers(file);
  await rm(stage, { force: true });
  try {
    const handle = await open(stage, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600);
    try {
      if (like !== undefined) {
        await handle.chown(like.uid, like.gid).catch(() => undefined);
        await handle.chmod(like.mode & 0o777);
      }
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(stage, file);
  } catch (error) {
    await rm(stage, { force: true });
    throw error;
  }
}

/** Removes what killed writers of `file` left. */
export async function removeLeftovers(file: string): Promise<void> {
  const prefix = `.${basename(file)}${MARK}`;
  for (const name of await readdir(dirname(file)).catch(() => [])) {
    const pid = name.startsWith(prefix) ? Number(name.slice(prefix.length)) : NaN;
    if (Number.isSafeInteger(pid) && pid > 0 && !isAlive(pid)) await rm(join(dirname(file), name), { force: true });
  }
}
