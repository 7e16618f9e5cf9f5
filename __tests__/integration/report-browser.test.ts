import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "puppeteer-core";
import { readFederation } from "../../src/federation";
import type { FederationInput } from "../../src/federation";
import { reportPage } from "../../src/report/page";
import { reportView } from "../../src/report/view";
import { findOnPath } from "../support/found-programs";
import { fullFederation } from "../support/full-federation";
import { describeWith } from "../support/requirements";
import { temporaryFolder } from "../support/temporary-folder";

const AXE = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

/** Roles with two subjects each, one of them shared, so that graph and matrix have something to show. */
function manyRoles(count: number): FederationInput {
  const subject = (index: number): string => `6a9f1c2e-3b4d-4e5f-8a7b-${index.toString(16).padStart(12, "0")}`;
  return {
    name: "large",
    aws: { accountId: "111122223333" },
    issuers: {
      production: { level: "workspace", host: "mycompany.cloud.databricks.com", workspaceId: "1" },
      other: { level: "workspace", host: "other.cloud.databricks.com", workspaceId: "2" },
    },
    roles: Object.fromEntries(
      Array.from({ length: count }, (_, index) => [
        `role-${String(index).padStart(5, "0")}`,
        {
          trusts: [
            {
              issuer: index % 2 === 0 ? "production" : "other",
              servicePrincipals: [subject(index), subject(1_000_000 + (index % 10))],
            },
          ],
        },
      ]),
    ),
  };
}

describeWith({ chromium: true }, "the report in a browser", () => {
  const folder = temporaryFolder("report");
  const files: Record<string, string> = {};
  let browser: Browser;

  beforeAll(async () => {
    for (const [name, input] of Object.entries({
      full: fullFederation,
      several: manyRoles(60),
      large: manyRoles(500),
    })) {
      files[name] = join(folder, `${name}.html`);
      writeFileSync(files[name], reportPage(reportView(readFederation(input).federation)));
    }
    const { default: puppeteer } = await import("puppeteer-core");
    browser = await puppeteer.launch({
      executablePath: findOnPath("chromium") ?? "chromium",
      args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
    });
  });

  afterAll(async () => {
    await browser?.close();
  });

  interface Look {
    readonly width?: number;
    readonly scheme?: "light" | "dark";
    readonly hash?: string;
  }

  /**
   * Opens a page and hands it over; fails for a script error, a refused style or script, and any request but the
   * file.
   */
  async function open(name: string, look: Look, body: (page: Page) => Promise<void>): Promise<void> {
    const page = await browser.newPage();
    const trouble: string[] = [];
    page.on("pageerror", (error) => trouble.push(String(error)));
    page.on("console", (message) => trouble.push(message.text()));
    page.on("request", (request) => {
      if (request.url().split("#")[0] !== pathToFileURL(files[name] ?? "").href) trouble.push(request.url());
    });
    try {
      await page.setViewport({ width: look.width ?? 1280, height: 900 });
      await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: look.scheme ?? "light" }]);
      await page.goto(`${pathToFileURL(files[name] ?? "").href}${look.hash ?? ""}`);
      await body(page);
      expect(trouble).toEqual([]);
    } finally {
      await page.close();
    }
  }

  async function axeViolations(page: Page): Promise<readonly string[]> {
    // Through the debugger, so that the page's own policy stays in force for everything else.
    await page.evaluate(`${AXE}; window.axe = axe; 0`);
    return (await page.evaluate(
      `axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) => violations.map(({ id, nodes ` +
        `}) => id + ": " + nodes.slice(0, 3).map(({ html }) => html).join(" ")))`,
    )) as readonly string[];
  }

  // Code for the browser stands in quotes: the project's types know no document.
  const visible = (page: Page, selector: string): Promise<unknown> =>
    page.evaluate(
      `[...document.querySelectorAll(${JSON.stringify(selector)})].filter((element) => element.offsetParent !== ` +
        `null).length`,
    );
  const counted = (pattern: RegExp): string => `${pattern}.test(document.querySelector("#f-count").textContent)`;
  const countText = (page: Page): Promise<string> => page.$eval("#f-count", (element) => element.textContent ?? "");

  async function filter(page: Page, field: string, text: string, expected: RegExp): Promise<void> {
    await page.focus(field);
    await page.keyboard.type(text);
    await page.waitForFunction(counted(expected), { timeout: 10_000 });
  }

  test.each([
    ["light, wide", "full", { scheme: "light" }],
    ["dark, wide", "full", { scheme: "dark" }],
    ["light, phone", "full", { scheme: "light", width: 390 }],
    ["dark, phone", "full", { scheme: "dark", width: 390 }],
    ["more roles than the graph and one matrix hold", "several", {}],
  ] as const)("axe finds no violation (%s)", async (_, name, look) => {
    await open(name, look, async (page) => {
      await page.$$eval("details", (all) => {
        for (const one of all) one.open = true;
      });
      expect(await axeViolations(page)).toEqual([]);
    });
  });

  test.each([390, 768, 1280])("nothing sticks out at a width of %i", async (width) => {
    await open("full", { width }, async (page) => {
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(width);
    });
  });

  test("filters by identity, role and issuer, in cards, table, matrix and graph alike", async () => {
    await open("full", {}, async (page) => {
      expect(await countText(page)).toBe("3 roles, 7 identities");
      await filter(page, "#f-identity", "alice", /^1 role, 1 identity$/);
      expect(await visible(page, "article.role")).toBe(1);
      expect(await visible(page, "article.role tbody tr")).toBe(1);
      expect(await visible(page, "#identity-table tbody tr")).toBe(1);
      expect(await visible(page, ".matrix tbody tr")).toBe(1);
      expect(
        await page.$$eval("#graph .node", (nodes) => nodes.map((node) => node.querySelector("text")?.textContent)),
      ).toEqual(["company", "alice@example.com", "databricks-lake-reader"]);
      expect(await page.$$eval("#graph path[d]", (paths) => paths.length)).toBe(2);
      await page.click("button[type=reset]");
      await page.waitForFunction(counted(/^3 roles, 7 identities$/));
      await filter(page, "#f-role", "existing", /^1 role, 1 identity$/);
      await page.click("button[type=reset]");
      await page.select("#f-issuer", "2");
      await page.waitForFunction(counted(/^1 role, 1 identity$/));
    });
  });

  test("a mark in the matrix, reached by keyboard, opens the policy at its line", async () => {
    await open("full", {}, async (page) => {
      await page.focus(".matrix td .mark");
      await page.keyboard.press("Enter");
      await page.waitForFunction("location.hash !== ''");
      const target = (await page.evaluate(
        "(() => { const line = document.getElementById(location.hash.slice(1)); return { open: " +
          "line.closest('details').open, text: line.textContent }; })()",
      )) as { readonly open: boolean; readonly text: string };
      expect(target.open).toBe(true);
      expect(target.text).toContain("sts:AssumeRoleWithWebIdentity");
      await page.waitForFunction(
        "(() => { const { top } = document.getElementById(location.hash.slice(1)).getBoundingClientRect(); " +
          "return top >= 0 && top < innerHeight; })()",
        { timeout: 10_000 },
      );
    });
  });

  test("a link from outside to a line opens its policy", async () => {
    await open("full", { hash: "#r0s1" }, async (page) => {
      expect(await page.evaluate("document.getElementById('r0s1').closest('details').open")).toBe(true);
    });
  });

  test("everything can be reached with the tab key, and shows where it is", async () => {
    await open("full", {}, async (page) => {
      const seen: string[] = [];
      for (let step = 0; step < 25; step += 1) {
        await page.keyboard.press("Tab");
        seen.push(
          (await page.evaluate(
            "(({ activeElement: at }) => getComputedStyle(at).outlineStyle === 'none' ? 'no outline' : " +
              "at.localName + (at.id === '' ? '' : '#' + at.id))(document)",
          )) as string,
        );
      }
      expect(seen[0]).toBe("a");
      expect(seen).toEqual(
        expect.arrayContaining(["input#f-identity", "input#f-role", "select#f-issuer", "input#f-findings", "button"]),
      );
      expect(seen).not.toContain("no outline");
    });
  });

  test("without scripts the page says the same", async () => {
    const page = await browser.newPage();
    try {
      await page.setJavaScriptEnabled(false);
      await page.goto(pathToFileURL(files["full"] ?? "").href);
      const text = await page.content();
      for (const said of ["alice@example.com", "Statement 1", "databricks-lake-reader"]) expect(text).toContain(said);
    } finally {
      await page.close();
    }
  });

  describe("with 500 roles", () => {
    test("a filter answers, the graph says what it leaves out, and one role can be singled out", async () => {
      await open("large", {}, async (page) => {
        expect(await countText(page)).toBe("500 roles, 510 identities");
        expect(await page.$eval("#graph-note", (note) => note.textContent)).toBe(
          "The first 40 of 500 roles; filter to see others.",
        );
        const started = Date.now();
        await filter(page, "#f-role", "role-0049", /^10 roles, 20 identities$/);
        // What a person would call stuck, not a measure of speed.
        expect(Date.now() - started).toBeLessThan(10_000);
        expect(await page.$$eval("#graph .node[data-c=role]", (nodes) => nodes.length)).toBe(10);
        expect(await visible(page, ".matrix thead th[data-r]")).toBe(10);
      });
    });
  });
});
