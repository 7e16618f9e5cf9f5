/** The files of a module's archive on its page: what each holds, and where a link to one leads. */
import { element, link } from "../../text/markup";
import { html } from "../../text/escape";
import { grouped } from "../../text/words";
import type { ArchiveFile } from "../../release/archive";
import { codeBlock } from "./highlight";

/** Bytes that are shown of one file, and of all: a page stays a page. The archive has them whole. */
const MOST_OF_ONE = 60_000;
const MOST_OF_ALL = 600_000;

/** The id of a file's text on the page of its version. No other id of a page begins so. */
function fileId(path: string): string {
  return `file-${encodeURIComponent(path).replaceAll("%", "=")}`;
}

/**
 * Where `target`, a link of a README of this archive, leads: to the file on the page, of a folder to its first file;
 * undefined where the archive has neither. `toVersion`: the way to the version's page.
 */
export function fileLink(target: string, files: readonly ArchiveFile[], toVersion: string): string | undefined {
  const [path = ""] = target.split("#", 1);
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "..") {
      if (parts.pop() === undefined) return undefined;
    } else if (part !== "." && part !== "") parts.push(part);
  }
  const wanted = parts.join("/");
  const found = files.find((file) => file.path === wanted) ?? files.find((file) => file.path.startsWith(`${wanted}/`));
  return wanted === "" || found === undefined ? undefined : `${toVersion}#${fileId(found.path)}`;
}

/** The list of files, each a link to its text on the page of its version. */
export function fileList(files: readonly ArchiveFile[], toVersion: string): string {
  const items = files.map(
    ({ path, bytes }) =>
      `<li>${link(`${toVersion}#${fileId(path)}`, path)} ` +
      `<span class="soft">${grouped(bytes.length)} bytes</span></li>`,
  );
  return element("ul", { class: "files" }, ...items);
}

/** Every file with its text, folded: following a link to one opens it. */
export function fileTexts(files: readonly ArchiveFile[]): string {
  let left = MOST_OF_ALL;
  return files
    .map(({ path, bytes }) => {
      const size = `<span class="soft">${grouped(bytes.length)} bytes</span>`;
      const shown = bytes.subarray(0, Math.min(MOST_OF_ONE, Math.max(0, left)));
      left -= shown.length;
      const text = Buffer.from(shown).toString("utf8");
      const rest = bytes.length - shown.length;
      const body = /\.(?:tf|tfvars|hcl|tftest)$/.test(path) ? codeBlock(text, "hcl") : codeBlock(text);
      const note = rest > 0 ? `<p class="soft">${grouped(rest)} more bytes are in the archive.</p>` : "";
      const inside = element("div", { id: fileId(path) }, body, note);
      return `<details class="file"><summary>${html(path)} ${size}</summary>${inside}</details>`;
    })
    .join("\n");
}
