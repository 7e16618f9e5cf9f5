/** The frame of every page: one script of ours, nothing loaded; for phones, dark mode and print too. */
import { html } from "../../text/escape";
import { hashSource } from "../../files/hash-source";
import { packageText } from "../../files/read-file";

export interface Page {
  readonly title: string;
  /** Markup above the body: links to the pages above this one. */
  readonly trail?: string;
  /** Markup. */
  readonly body: string;
}

let read: { readonly style: string; readonly script: string; readonly policy: string } | undefined;

/** The style sheet and the script of all pages, and the policy that lets in these two and nothing else. */
function ownParts(): NonNullable<typeof read> {
  if (read !== undefined) return read;
  const style = packageText("templates/registry/page.css");
  const script = packageText("templates/registry/page.js");
  const policy =
    `default-src 'none'; style-src ${hashSource(style)}; script-src ${hashSource(script)}; base-uri 'none'; ` +
    "form-action 'none'";
  return (read = { style, script, policy });
}

export function pageHtml({ title, trail, body }: Page): Buffer {
  const { style, script, policy } = ownParts();
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
<p id="said" class="away" role="status"></p>
</main>
<script>${script}</script>
</body>
</html>
`);
}
