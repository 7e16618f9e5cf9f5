/** The frame of every page: no script, nothing loaded; for phones, dark mode and print too. */
import { createHash } from "node:crypto";
import { html } from "../../text/escape";
import { packageText } from "../../files/read-file";

export interface Page {
  readonly title: string;
  /** Markup above the body: links to the pages above this one. */
  readonly trail?: string;
  /** Markup. */
  readonly body: string;
}

let read: { readonly style: string; readonly hash: string } | undefined;

/** The style sheet of all pages, and what the policy of each names it by. */
function styleSheet(): { readonly style: string; readonly hash: string } {
  if (read !== undefined) return read;
  const style = packageText("templates/registry/page.css");
  return (read = { style, hash: `sha256-${createHash("sha256").update(style).digest("base64")}` });
}

export function pageHtml({ title, trail, body }: Page): Buffer {
  const { style, hash } = styleSheet();
  const policy = `default-src 'none'; style-src '${hash}'; base-uri 'none'; form-action 'none'`;
  return Buffer.from(`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${html(title)}</title>
<style>${style}</style>
</head>
<body>
<main>
${trail === undefined ? "" : `<nav aria-label="Breadcrumb">${trail}</nav>\n`}${body}
</main>
</body>
</html>
`);
}
