/** A page in Chromium for a test: what it may request, what axe finds in it, and where the tab key leads. */
import { readFileSync } from "node:fs";
import type { Browser, Page } from "puppeteer-core";
import { findOnPath } from "./found-programs";

const AXE = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

export async function launchChromium(): Promise<Browser> {
  const { default: puppeteer } = await import("puppeteer-core");
  return puppeteer.launch({
    executablePath: findOnPath("chromium") ?? "chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
  });
}

/** Runs `body` with a new page; fails for a script error, a message, a dialog, and any request but the allowed. */
export async function withPage(
  browser: Browser,
  mayRequest: (url: string) => boolean,
  body: (page: Page) => Promise<void>,
): Promise<void> {
  const page = await browser.newPage();
  const trouble: string[] = [];
  page.on("pageerror", (error) => trouble.push(String(error)));
  page.on("console", (message) => trouble.push(message.text()));
  page.on("dialog", (dialog) => trouble.push(dialog.message()));
  page.on("request", (request) => {
    if (!mayRequest(request.url())) trouble.push(request.url());
  });
  try {
    await body(page);
    expect(trouble).toEqual([]);
  } finally {
    await page.close();
  }
}

/** The rules of axe that the page violates, each with the first elements. */
export async function axeViolations(page: Page): Promise<readonly string[]> {
  // Through the debugger, so that the page's own policy stays in force for everything else.
  await page.evaluate(`${AXE}; window.axe = axe; 0`);
  return (await page.evaluate(
    `axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) => violations.map(({ id, nodes ` +
      `}) => id + ": " + nodes.slice(0, 3).map(({ html }) => html).join(" ")))`,
  )) as readonly string[];
}

/** By how much the page is wider than the window, in CSS pixels. */
export async function overflow(page: Page): Promise<number> {
  return Number(await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"));
}

/**
 * The elements that have the focus after each press of the tab key, as `name` (JavaScript about the element `at`) names
 * them, and those of them that do not show it by an outline.
 */
export async function tabStops(
  page: Page,
  presses: number,
  name: string,
): Promise<{ readonly names: readonly string[]; readonly withoutOutline: readonly string[] }> {
  const names: string[] = [];
  const withoutOutline: string[] = [];
  for (let press = 0; press < presses; press += 1) {
    await page.keyboard.press("Tab");
    const [stop, outline] = (await page.evaluate(
      `(({ activeElement: at }) => [${name}, getComputedStyle(at).outlineStyle])(document)`,
    )) as readonly [string, string];
    names.push(stop);
    if (outline === "none") withoutOutline.push(stop);
  }
  return { names, withoutOutline };
}
