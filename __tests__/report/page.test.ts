import { createHash } from "node:crypto";
import fc from "fast-check";
import { readFederation } from "../../src/federation";
import { html, htmlText, mermaidText } from "../../src/text/escape";
import { reportMermaid } from "../../src/report/mermaid";
import { reportPage } from "../../src/report/page";
import { reportView } from "../../src/report/view";
import { fullFederation } from "../support/full-federation";
import { HOSTILE, viewOf } from "../support/hostile-report";
import { runs } from "../support/runs";

const NOW = 1_790_000_000;

/** The page with every text between tags and in attributes taken out: what a browser takes for markup. */
function markup(page: string): readonly string[] {
  const [, ...tags] = page.replace(/<(style|script)\b[^>]*>[\s\S]*?<\/\1>/g, "").split("<");
  return tags.map((tag) => (tag.split(">", 1)[0] ?? "").replace(/"[^"]*"/g, '""'));
}

describe("names cannot inject markup", () => {
  const plain = markup(reportPage(viewOf("")));

  test.each(HOSTILE.map((text) => [JSON.stringify(text), text]))("%s", (_, text) => {
    const page = reportPage(viewOf(text));
    expect(markup(page)).toEqual(plain);
    expect([...page.matchAll(/<script/g)]).toHaveLength(2);
    expect([...page.matchAll(/<style/g)]).toHaveLength(1);
    expect(page).not.toMatch(/[\u0000\u0007\u202e\u2028\ud800]/);
  });

  test("nor can any other text", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.fullUnicodeString(),
          fc.array(fc.constantFrom(...HOSTILE)).map((parts) => parts.join("")),
        ),
        (text) => {
          expect(markup(reportPage(viewOf(text)))).toEqual(plain);
        },
      ),
      { numRuns: runs(150) },
    );
  });

  test("escaping loses nothing that can be seen", () => {
    const read = (escaped: string): string =>
      escaped.replace(
        /&(amp|lt|gt|quot|#39|#96);/g,
        (_, name: string) => ({ amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'", "#96": "`" })[name] ?? "",
      );
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(read(html(text))).toBe(read(htmlText(text)));
        expect(html(text)).not.toMatch(/[<>"'`]/);
      }),
    );
    expect(read(html("a <b> & \"c\" 'd' `e` é"))).toBe("a <b> & \"c\" 'd' `e` é");
  });
});

describe("a Mermaid diagram", () => {
  test.each(HOSTILE.map((text) => [JSON.stringify(text), text]))("keeps its form with the name %s", (_, text) => {
    const lines = reportMermaid(viewOf(text)).split("\n");
    expect(lines).toHaveLength(reportMermaid(viewOf("")).split("\n").length);
    expect(lines.join("\n")).not.toMatch(/%%|<script|click /);
    for (const line of lines.slice(2)) expect((line.match(/"/g) ?? []).length % 2).toBe(0);
  });

  test("labels hold plain text and entities alone", () => {
    fc.assert(
      fc.property(fc.fullUnicodeString(), (text) => {
        expect(mermaidText(text)).toMatch(/^(?:[\p{L}\p{N} .,:@*?=+/_()-]|#\d+;)*$/u);
      }),
    );
  });

  test("shows issuers, identities and roles, and through which trust", () => {
    const { federation } = readFederation(fullFederation);
    const diagram = reportMermaid(reportView(federation, NOW));
    expect(diagram.startsWith("flowchart LR\n")).toBe(true);
    expect(diagram).toContain('i0(["https://mycompany.cloud.databricks.com/oidc"])');
    expect(diagram).toContain('["alice@example.com<br/>user"]');
    expect(diagram).toMatch(/s2 -->\|"trusts#91;1#93;, with conditions"\| r0/);
  });
});

describe("the page", () => {
  const page = reportPage(reportView(readFederation(fullFederation).federation, NOW));

  test("loads nothing: no address outside the text, and a policy that lets in its own style and script alone", () => {
    expect(page).not.toMatch(
      /<(?:link|iframe|object|embed|img)\b|\b(?:src|srcset|data|action|formaction|background)=|@import|url\(/,
    );
    const hrefs = [...page.matchAll(/href="([^"]*)"/g)].map((match) => match[1] ?? "");
    expect(hrefs.filter((href) => !href.startsWith("#"))).toEqual([]);
    const policy = /Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1]?.replace(/&#39;/g, "'") ?? "";
    const hashOf = (tag: string): string =>
      `'sha256-${createHash("sha256")
        .update(new RegExp(`<${tag}>([\\s\\S]*?)</${tag}>`).exec(page)?.[1] ?? "")
        .digest("base64")}'`;
    expect(policy).toBe(
      `default-src 'none'; style-src ${hashOf("style")}; script-src ${hashOf("script")}; base-uri 'none'; ` +
        `form-action 'none'`,
    );
  });

  test("links lead somewhere", () => {
    const ids = new Set([...page.matchAll(/\sid="([^"]*)"/g)].map((match) => match[1]));
    const targets = [...page.matchAll(/href="#([^"]*)"/g)].map((match) => match[1]);
    expect(targets.filter((target) => !ids.has(target))).toEqual([]);
    expect(ids.size).toBe([...page.matchAll(/\sid="/g)].length);
  });

  test("says when it was made, and has the same bytes for the same moment", () => {
    const { federation } = readFederation(fullFederation);
    expect(page).toContain('Made <time datetime="2026-09-21T14:13:20Z">2026-09-21 14:13 UTC</time>.');
    expect(reportPage(reportView(federation, NOW))).toBe(page);
    expect(reportPage(reportView(federation, NOW + 86_400))).toContain("2026-09-22 14:13 UTC");
  });

  test("shows what a role may do, statement by statement, and that of a managed policy the ARN alone is known", () => {
    expect(page).toContain(
      "<li>Allow <code>s3:GetObject</code> on <code>arn:aws:s3:::lake/${aws:username}/*</code> " +
        "<small>(home)</small></li>",
    );
    expect(page).toContain(
      "if <code>NumericLessThan s3:max-keys 10</code> and <code>Bool aws:SecureTransport true</code>",
    );
    expect(page).toContain(
      "<code>arn:aws:iam::111122223333:policy/read-lake</code> <small>(managed: its ARN alone is known)",
    );
    expect(page).toContain("At most what the boundary <code>arn:aws:iam::111122223333:policy/boundary</code> allows");
  });

  test("shows where a stored secret is used, and which findings are ignored and why", () => {
    expect(page).toContain("use an OAuth secret that you store");
    const quiet = reportPage(viewOf(""));
    expect(quiet).toContain("ignored");
  });
});

test("one of a kind is counted in the singular", () => {
  const role = { trusts: [{ issuer: "production", servicePrincipals: ["6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b"] }] };
  const issuers = {
    production: {
      level: "workspace" as const,
      host: "mycompany.cloud.databricks.com",
      workspaceId: "1444828305810485",
    },
  };
  const counted = (roles: Readonly<Record<string, typeof role>>): readonly (string | undefined)[] =>
    [
      ...reportPage(reportView(readFederation({ name: "lake", issuers, roles }).federation, NOW)).matchAll(
        /<strong>(\d+<\/strong> \w+)<\/a>/g,
      ),
    ].map(([, text]) => text?.replace("</strong>", ""));
  expect(counted({ reader: role })).toEqual(["1 Issuer", "1 Identity", "1 Role", "0 Errors", "0 Warnings"]);
  expect(counted({ reader: role, writer: role })).toContain("2 Roles");
});
