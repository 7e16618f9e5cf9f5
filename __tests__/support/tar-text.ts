/** Tar archives of any kind, hostile ones too, made with the library's own writer. */
import { gzipSync } from "fflate";
import type { Header } from "tar-stream";
import { pack } from "tar-stream";

export type Entry = Partial<Header> & { readonly name: string; readonly text?: string };

/** What a release's archives say of every file. */
const PLAIN = {
  mode: 0o644,
  mtime: new Date("2000-01-01T00:00:00Z"),
  uid: 0,
  gid: 0,
  uname: "",
  gname: "",
  type: "file",
} as const;

/** The tar of `entries`, in the order given, nothing checked. */
export async function tarText(entries: readonly Entry[]): Promise<Buffer> {
  const stream = pack();
  for (const { text = "", ...header } of entries) {
    const isFile = (header.type ?? "file") === "file";
    const whole = { ...PLAIN, ...header, size: isFile ? Buffer.byteLength(text) : 0 };
    if (isFile) stream.entry(whole, text);
    else stream.entry(whole);
  }
  stream.finalize();
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk as Uint8Array);
  return Buffer.concat(chunks);
}

/** `tar` as a release's archive wraps it. */
export function gzipped(tar: Uint8Array): Buffer {
  return Buffer.from(gzipSync(tar, { level: 6, mtime: 0 }));
}
