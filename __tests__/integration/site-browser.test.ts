/** The documentation site in a browser: every page on a phone and on a desk, light and dark, search and keyboard. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";
import type { Browser, Page } from "puppeteer-core";
import { axeViolations, launchChromium, tabStops, withPage } from "../support/chromium";
import { pages, REPOSITORY } from "../support/markdown";
import { describeWith } from "../support/requirements";
import { runProgram } from "../support/run-program";

const SITE = join(REPOSITORY, "site");
const DIST = join(SITE, ".vitepress", "dist");
const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".json": "application/json",
  ".svg": "image/svg+xml",
};

/** When the newest of what the site is made of was written. */
function newestSource(): number {
  const folders = [join(REPOSITORY, "docs"), join(REPOSITORY, "playground"), SITE, join(SITE, ".vitepress", "theme")];
  const files = folders.flatMap((folder) =>
    readdirSync(folder)
      .map((file) => join(folder, file))
      .filter((file) => statSync(file).isFile()),
  );
  const own = ["config.ts", "links.ts"].map((file) => join(SITE, ".vitepress", file));
  const texts = pages().map((page) => join(REPOSITORY, page));
  return Math.max(...[...files, ...own, ...texts].map((file) => statSync(file).mtimeMs));
}

describeWith({ chromium: true }, "the documentation site in a browser", () => {
  let browser: Browser;
  let server: Server;
  let origin = "";

  beforeAll(async () => {
    // .ci/run has built it already
    if (!existsSync(join(DIST, "index.html")) || statSync(join(DIST, "index.html")).mtimeMs < newestSource())
      await runProgram("npm", ["run", "--silent", "site"], { cwd: REPOSITORY });
    server = createServer((request, response) => {
      const path = normalize(decodeURIComponent((request.url ?? "/").split("?")[0] ?? "/"));
      const file = join(DIST, path.endsWith("/") ? `${path}index.html` : path);
      if (!existsSync(file)) return void response.writeHead(404).end();
      response.writeHead(200, { "content-type": TYPES[extname(file)] ?? "application/octet-stream" });
      response.end(readFileSync(file));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    browser = await launchChromium();
  });

  afterAll(async () => {
    await browser?.close();
    server?.close();
  });

  /** Hands over a page of the site; fails for a message of the browser and for any request elsewhere. */
  async function open(path: string, body: (page: Page) => Promise<void>): Promise<void> {
    const isOwn = (requested: string): boolean => requested.startsWith(origin) || requested.startsWith("data:");
    await withPage(browser, isOwn, async (page) => {
      await page.setViewport({ width: 1440, height: 900 });
      await page.goto(`${origin}${path}`, { waitUntil: "networkidle0" });
      await body(page);
    });
  }

  async function problemsOf(page: Page): Promise<readonly string[]> {
    const isWider = await page.evaluate("document.documentElement.scrollWidth > innerWidth");
    return [...(await axeViolations(page)), ...(isWider === true ? ["wider than the window"] : [])];
  }

  /** Pages of all forms, which are looked at in every form: a home page, long tables, long code, pictures. */
  const OF_ALL_FORMS = ["index.html", "lint-rules.html", "federation-file.html", "how-it-works.html"];

  test.each([
    [1440, "light", true],
    [360, "dark", true],
    [768, "light", false],
    [1440, "dark", false],
  ] as const)("axe finds nothing at %i pixels, %s, and nothing sticks out", async (width, scheme, isEveryPage) => {
    const found: string[] = [];
    const all = readdirSync(DIST).filter((file) => file.endsWith(".html") && file !== "404.html");
    expect(all.length).toBeGreaterThanOrEqual(pages().length);
    await open("/", async (page) => {
      await page.setViewport({ width, height: 900 });
      await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
      for (const file of isEveryPage ? all : OF_ALL_FORMS) {
        await page.goto(`${origin}/${file}`);
        await page.waitForFunction(`document.documentElement.classList.contains("dark") === ${scheme === "dark"}`);
        found.push(...(await problemsOf(page)).map((problem) => `${file}: ${problem}`));
      }
    });
    expect(found).toEqual([]);
  });

  test("search, without a server, finds a page by a word in it and opens it by keyboard", async () => {
    await open("/quickstart-terraform.html", async (page) => {
      await page.keyboard.down("Control");
      await page.keyboard.press("k");
      await page.keyboard.up("Control");
      await page.waitForSelector(".VPLocalSearchBox input");
      await page.keyboard.type("verification key");
      await page.waitForFunction("document.querySelectorAll('.VPLocalSearchBox .result').length > 0");
      expect(await problemsOf(page)).toEqual([]);
      await page.keyboard.press("Enter");
      await page.waitForFunction("location.pathname !== '/quickstart-terraform.html'");
      expect(page.url()).toContain("/aws-errors.html#");
    });
  });

  test("the tab key reaches the content first, then search and navigation, and shows where it is", async () => {
    await open("/lint.html", async (page) => {
      const { names, withoutOutline } = await tabStops(page, 12, "at.textContent.trim()");
      expect(names[0]).toBe("Skip to content");
      expect(names).toEqual(expect.arrayContaining([expect.stringContaining("Search"), "Playground"]));
      expect(withoutOutline).toEqual([]);
    });
  });

  test("the playground is one click away and is the one that is built alone", async () => {
    await open("/how-it-works.html", async (page) => {
      await Promise.all([page.waitForNavigation(), page.click('a[href="/playground/index.html"]')]);
      expect(await page.title()).toBe("Playground: Databricks to AWS without a stored key");
      await page.waitForFunction("document.querySelector('#panel-issuer .status').textContent.includes('/oidc')");
    });
  });

  test("the home page has a main landmark after moving to another page and back", async () => {
    await open("/", async (page) => {
      const mains = (): Promise<unknown> => page.evaluate("document.querySelectorAll('main, [role=main]').length");
      expect(await mains()).toBe(1);
      await page.click('.VPHero a[href="/quickstart-terraform.html"]');
      await page.waitForSelector("h1#quickstart-for-a-terraform-team");
      expect(await mains()).toBe(1);
      await page.goBack();
      await page.waitForSelector(".VPHome");
      expect(await mains()).toBe(1);
    });
  });
});
