/** The registry's pages in a browser: readable on a phone and in the dark, nothing loaded, nothing found by axe. */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser } from "puppeteer-core";
import { publishToFolder } from "../../src/registry/publish/folder";
import { readModules } from "../../src/release/module-folder";
import { packRelease } from "../../src/release/pack";
import { axeViolations, launchChromium, overflow, withPage } from "../support/chromium";
import { smallRelease } from "../support/release";
import { describeWith } from "../support/requirements";
import { temporaryFolder } from "../support/temporary-folder";

const MODULE = "v1/modules/acme/databricks-federation/aws";

describeWith({ chromium: true }, "the registry's pages in a browser", () => {
  const folder = join(temporaryFolder("pages"), "registry");
  let browser: Browser;

  beforeAll(async () => {
    const { modules } = await readModules(join(__dirname, "..", "..", "modules"));
    for (const version of ["1.0.0", "1.1.0"]) {
      const { manifest, files } = await packRelease(modules, {
        version,
        ownVersion: "0.1.0",
        source: { commit: null, created: 0 },
      });
      const archives = new Map(
        manifest.modules.map(({ name, archive }) => [name, Buffer.from(files.get(archive) ?? "")]),
      );
      await publishToFolder(folder, { manifest, archives }, { namespace: "acme" });
    }
    browser = await launchChromium();
  });

  afterAll(() => browser?.close());

  const pages = ["index.html", `${MODULE}/index.html`, `${MODULE}/1.0.0/index.html`];
  const looks = [360, 768, 1440].flatMap((width) =>
    (["light", "dark"] as const).map((scheme) => [width, scheme] as const),
  );

  test.each(pages.flatMap((page) => looks.map(([width, scheme]) => [page, width, scheme] as const)))(
    "%s at %i pixels, %s",
    async (path, width, scheme) => {
      const url = pathToFileURL(join(folder, path)).href;
      const isOwn = (requested: string): boolean => requested === url;
      await withPage(browser, isOwn, async (page) => {
        await page.setViewport({ width, height: 800 });
        await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
        await page.goto(url);
        expect(await overflow(page)).toBeLessThanOrEqual(0);
        const broken = await page.evaluate(
          "[...document.querySelectorAll('a[href^=\"#\"]')].map((link) => " +
            "link.getAttribute('href')).filter((href) => document.getElementById(href.slice(1)) === null)",
        );
        expect(broken).toEqual([]);
        // every state: menus and texts open as well
        await page.evaluate("for (const fold of document.querySelectorAll('details')) fold.open = true");
        expect(await axeViolations(page)).toEqual([]);
      });
    },
  );

  test("with the keyboard alone a module is found, a version chosen, code copied and a file opened", async () => {
    const page = await browser.newPage();
    const focused = (): Promise<unknown> => page.evaluate("document.activeElement.textContent.trim()");
    /** Presses Tab until what is focused reads so. */
    const tabTo = async (text: string): Promise<void> => {
      for (let presses = 0; presses < 60 && (await focused()) !== text; presses += 1) await page.keyboard.press("Tab");
      expect(await focused()).toBe(text);
    };
    const path = (): string => page.url().slice(pathToFileURL(folder).href.length + 1);
    try {
      await page.goto(pathToFileURL(join(folder, "index.html")).href);
      for (
        let presses = 0;
        presses < 5 && (await page.evaluate("document.activeElement.id")) !== "search";
        presses += 1
      )
        await page.keyboard.press("Tab");
      await page.keyboard.type("Databricks FEDERATION issuers");
      expect(await page.evaluate("document.getElementById('said').textContent")).toMatch(/^1 of 4 modules$/);
      await tabTo("acme/databricks-federation/aws");
      await Promise.all([page.waitForNavigation(), page.keyboard.press("Enter")]);
      expect(path()).toBe(`${MODULE}/index.html`);

      await tabTo("Version 1.1.0");
      await page.keyboard.press("Enter");
      await tabTo("1.0.0");
      await Promise.all([page.waitForNavigation(), page.keyboard.press("Enter")]);
      expect(path()).toBe(`${MODULE}/1.0.0/index.html`);
      await tabTo("Copy");
      await page.keyboard.press("Enter");
      await page.waitForFunction("document.getElementById('said').textContent === 'Copied.'");
      expect(await focused()).toBe("Copied");

      await page.goto(pathToFileURL(join(folder, MODULE, "index.html")).href);
      await Promise.all([
        page.waitForNavigation(),
        page.evaluate("document.querySelector('.files a[href$=\"file-variables.tf\"]').click()"),
      ]);
      expect(await page.evaluate("document.getElementById('file-variables.tf').closest('details').open")).toBe(true);
    } finally {
      await page.close();
    }
  });

  test("a malicious module is shown as text: nothing runs, nothing is loaded, links lead to https only", async () => {
    const evil = "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>";
    const hostile = join(temporaryFolder("hostile"), "registry");
    await publishToFolder(
      hostile,
      await smallRelease("1.0.0", {
        names: ["one-role"],
        readme:
          `# ${evil}\n\n${evil}\n\n[a](javascript:document.title='owned') [b](data:text/html,x) ` +
          `![c](https://evil.example/x.png)\n\n<iframe src="https://evil.example"></iframe>\n`,
        text: `# ${evil}\n</code></pre></details>${evil}\n`,
        contract: { summary: evil, outputs: [{ name: "arn", description: evil, preconditions: [] }] },
      }),
      { namespace: "acme" },
    );
    const page = await browser.newPage();
    const asked: string[] = [];
    page.on("request", (request) => asked.push(request.url()));
    try {
      for (const path of [
        "index.html",
        "v1/modules/acme/one-role/aws/index.html",
        "v1/modules/acme/one-role/aws/1.0.0/index.html",
      ]) {
        const url = pathToFileURL(join(hostile, path)).href;
        await page.goto(url);
        expect(await page.title()).toMatch(/^(?:Terraform modules|acme\/one-role\/aws 1\.0\.0)$/);
        expect(await page.evaluate("document.querySelectorAll('img, iframe, body > script ~ script').length")).toBe(0);
        expect(await page.evaluate("document.querySelectorAll('script').length")).toBe(1);
        expect(
          await page.evaluate(
            "[...document.links].map((link) => link.protocol).filter((protocol) => protocol !== 'file:' && " +
              "protocol !== 'https:')",
          ),
        ).toEqual([]);
        expect(await page.evaluate("document.body.innerText")).toContain("onerror=");
        expect(asked.splice(0)).toEqual([url]);
      }
    } finally {
      await page.close();
    }
  });
});
