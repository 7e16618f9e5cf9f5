import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "puppeteer-core";
import { readFederation } from "../../src/federation";
import type { FederationInput } from "../../src/federation";
import { readAudit } from "../../src/audit/read-audit";
import { reportPage } from "../../src/report/page";
import { reportView } from "../../src/report/view";
import { assumption, trailFile } from "../audit/trail";
import { axeViolations, launchChromium, tabStops, withPage } from "../support/chromium";
import { fullFederation } from "../support/full-federation";
import { HOSTILE, viewOf } from "../support/hostile-report";
import { describeWith } from "../support/requirements";
import { temporaryFolder } from "../support/temporary-folder";

const PAUSE = "new Promise((done) => setTimeout(done, 100))";
const SHARED = "6a9f1c2e-3b4d-4e5f-8a7b-0000000f4243";

/** Roles with `own` subjects of their own each, and one that is shared by every tenth. */
function manyRoles(count: number, own = 4): FederationInput {
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
              servicePrincipals: [
                ...Array.from({ length: own }, (_, at) => subject(own * index + at)),
                subject(1_000_000 + (index % 10)),
              ],
            },
          ],
          inlinePolicies: {
            lake: {
              Version: "2012-10-17",
              Statement: [{ Effect: "Allow", Action: "s3:GetObject", Resource: `arn:aws:s3:::lake-${index}/*` }],
            },
          },
        },
      ]),
    ),
  };
}

/** Those that could begin an element by themselves, and all together: page.test.ts has each. */
const HOSTILE_PAGES = [...HOSTILE.slice(0, 6), HOSTILE.join(" ")];

/** Alice is an identity of two issuers. */
const TWICE: FederationInput = {
  name: "twice",
  aws: { accountId: "111122223333" },
  issuers: {
    production: { level: "workspace", host: "mycompany.cloud.databricks.com", workspaceId: "1" },
    other: { level: "workspace", host: "other.cloud.databricks.com", workspaceId: "2" },
  },
  roles: {
    reader: { trusts: [{ issuer: "production", users: ["alice@example.com"] }] },
    writer: { trusts: [{ issuer: "other", users: ["alice@example.com", "bob@example.com"] }] },
  },
};

const SEEN = { reader: { trusts: [{ issuer: "production", users: ["alice@example.com", "bob@example.com"] }] } };

describeWith({ chromium: true }, "the report in a browser", () => {
  const folder = temporaryFolder("report");
  const files: Record<string, string> = {};
  let browser: Browser;

  beforeAll(async () => {
    for (const [name, input] of Object.entries({
      full: fullFederation,
      several: manyRoles(60),
      large: manyRoles(500),
      "large, of two identities each": manyRoles(500, 1),
      twice: TWICE,
    })) {
      files[name] = join(folder, `${name}.html`);
      writeFileSync(files[name], reportPage(reportView(readFederation(input).federation, 1_790_000_000)));
    }
    const { federation } = readFederation({
      ...TWICE,
      issuers: { production: TWICE.issuers["production"] },
      roles: SEEN,
    });
    const trail = join(folder, "trail.json");
    const seen = [1, 2, 3].map(() => assumption({ role: "reader", subject: "alice@example.com", audience: "1" }));
    writeFileSync(trail, trailFile(seen));
    const audited = await readAudit(federation, [trail], { days: 90 });
    files["trail"] = join(folder, "trail.html");
    writeFileSync(files["trail"], reportPage(reportView(federation, 0, audited)));
    for (const [index, text] of HOSTILE_PAGES.entries()) {
      files[`hostile-${index}`] = join(folder, `hostile-${index}.html`);
      writeFileSync(files[`hostile-${index}`] ?? "", reportPage(viewOf(text)));
    }
    browser = await launchChromium();
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
    const { href } = pathToFileURL(files[name] ?? "");
    const isOwn = (requested: string): boolean => requested.startsWith("blob:") || requested.split("#")[0] === href;
    await withPage(browser, isOwn, async (page) => {
      await page.setViewport({ width: look.width ?? 1280, height: 900 });
      await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: look.scheme ?? "light" }]);
      await page.goto(`${href}${look.hash ?? ""}`);
      await body(page);
    });
  }

  // Code for the browser stands in quotes: the project's types know no document.
  const visible = (page: Page, selector: string): Promise<unknown> =>
    page.evaluate(
      `[...document.querySelectorAll(${JSON.stringify(selector)})].filter((element) => element.offsetParent !== ` +
        `null).length`,
    );
  const counted = (pattern: RegExp): string => `${pattern}.test(document.querySelector("#f-count").textContent)`;
  const countText = (page: Page): Promise<string> => page.$eval("#f-count", (element) => element.textContent ?? "");

  const textOf = (page: Page, selector: string): Promise<string> =>
    page.$eval(selector, (element) => element.textContent ?? "");
  const graphTexts = (page: Page): Promise<readonly (string | null)[]> =>
    page.$$eval("#graph .node text", (all) => all.map(({ textContent }) => textContent));

  async function filter(page: Page, text: string, expected: RegExp): Promise<void> {
    await page.focus("#f-search");
    await page.keyboard.type(text);
    await page.waitForFunction(counted(expected), { timeout: 10_000 });
  }

  const open500 = (body: (page: Page) => Promise<void>): Promise<void> => open("large", {}, body);

  test.each(
    [360, 768, 1440].flatMap((width) =>
      (["light", "dark"] as const).flatMap((scheme) =>
        ["", "#i2", "#r0", "#q=nothing+at+all", "#q=lake&issuer=company"].map((hash) => [width, scheme, hash] as const),
      ),
    ),
  )("axe finds no violation, and nothing sticks out (%i px, %s, %s)", async (width, scheme, hash) => {
    await open("full", { width, scheme, hash }, async (page) => {
      await page.$$eval("details", (all) => {
        for (const one of all) one.open = true;
      });
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(width);
      expect(await axeViolations(page)).toEqual([]);
    });
  });

  test.each(["", `#q=${SHARED}`, "#matrix"])("axe finds no violation with 60 roles (%s)", async (hash) => {
    await open("several", { hash }, async (page) => {
      expect(await axeViolations(page)).toEqual([]);
    });
  });

  test("a search shows an identity, all that it reaches, and what those roles may do", async () => {
    await open("full", {}, async (page) => {
      expect(await countText(page)).toBe("3 roles, 8 identities");
      await filter(page, "alice", /^1 role, 1 identity$/);
      expect(await visible(page, "details.role")).toBe(1);
      expect(await visible(page, "#identity-table tr[id]")).toBe(1);
      const reached = await textOf(page, ".detail");
      for (const said of [
        "databricks-lake-reader",
        "Statement 1, under further conditions",
        "Allow s3:GetObject on arn:aws:s3:::lake/${aws:username}/* (home)",
        "arn:aws:iam::111122223333:policy/read-lake (managed: its ARN alone is known)",
      ])
        expect(reached).toContain(said);
      expect(await graphTexts(page)).toEqual(["company", "alice@example.com", "databricks-lake-reader"]);
      expect(await page.$$eval("#graph path[d]", (paths) => paths.length)).toBe(2);
      await page.click("button[type=reset]");
      await page.waitForFunction(counted(/^3 roles, 8 identities$/));
      expect(await page.$(".detail")).toBeNull();
    });
  });

  test("with a trail axe finds no violation, and an identity shows how often it was seen", async () => {
    await open("trail", { hash: "#q=alice@example.com", width: 360 }, async (page) => {
      await page.$$eval("details", (all) => {
        for (const one of all) one.open = true;
      });
      expect(await axeViolations(page)).toEqual([]);
      expect(await textOf(page, ".detail")).toContain("reader (Statement 0), 3 times, last 2026-03-31T08:00:00Z");
    });
  });

  test("a search shows a role, everybody who reaches it, and what is around it", async () => {
    await open("full", {}, async (page) => {
      await filter(page, "existing", /^1 role, 1 identity$/);
      expect(await page.$eval("details.role.selected", (card) => card.open)).toBe(true);
      expect(await textOf(page, "details.role.selected .callers")).toContain("service principal 6a9f1c2e");
      expect(await graphTexts(page)).toEqual([
        "production",
        "6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b",
        "existing-role-name",
      ]);
    });
  });

  test("a search finds roles by what they may do", async () => {
    await open("full", {}, async (page) => {
      await filter(page, "ListBucket", /^1 role, 8 identities$/);
    });
  });

  test("an ID of two issuers has its issuer beside it, in list, graph and matrix", async () => {
    await open("twice", { hash: "#q=alice" }, async (page) => {
      expect(
        await page.$$eval("#identity-table tr[id]:not([hidden]) th", (all) => all.map((one) => one.textContent)),
      ).toEqual(["alice@example.com of production", "alice@example.com of other"]);
      expect(await graphTexts(page)).toEqual([
        ...["production", "other", "alice@example.com", "of production", "alice@example.com", "of other"],
        ...["reader", "writer"],
      ]);
      await page.evaluate("document.getElementById('matrix').scrollIntoView()");
      await page.waitForSelector(".matrix tbody th");
      expect(await page.$$eval(".matrix tbody th", (all) => all.map((one) => one.textContent))).toEqual([
        "alice@example.com of production",
        "alice@example.com of other",
      ]);
    });
  });

  test("filters stand in the address, and an address brings them back", async () => {
    await open("full", {}, async (page) => {
      await filter(page, "lake & more", /^0 roles/);
      await page.waitForFunction("location.hash === '#q=lake+%26+more'");
      await page.click("button[type=reset]");
      await page.waitForFunction("location.hash === ''");
      await page.select("#f-issuer", "2");
      await page.waitForFunction("location.hash === '#issuer=azure'");
      await page.click("#f-findings");
      await page.waitForFunction("location.hash === '#issuer=azure&findings=yes'");
    });
    await open("full", { hash: "#q=lake&issuer=azure&findings=yes" }, async (page) => {
      expect(await countText(page)).toBe("1 role, 2 identities");
      expect(await page.$eval("input#f-search", (field) => field.value)).toBe("lake");
      expect(await page.$eval("input#f-findings", (field) => field.checked)).toBe(true);
    });
  });

  test("what a filter leaves is copied and saved as CSV, and no cell is a formula", async () => {
    const formulas = {
      ...TWICE,
      roles: { reader: { trusts: [{ issuer: "production", subjects: ['=cmd("x")', "a,b"] }] } },
    };
    files["formulas"] = join(folder, "formulas.html");
    writeFileSync(files["formulas"], reportPage(reportView(readFederation(formulas).federation, 0)));
    await open("formulas", {}, async (page) => {
      const saved = temporaryFolder("report-csv");
      const debug = await page.createCDPSession();
      await debug.send("Browser.setDownloadBehavior", { behavior: "allow", downloadPath: saved });
      await page.click("#csv");
      const file = join(saved, "who-reaches-what.csv");
      for (let tries = 0; tries < 100 && !existsSync(file); tries += 1) await page.evaluate(PAUSE);
      expect(readFileSync(file, "utf8")).toBe(
        "identity,beside,kind,issuer,role,role ARN,statement,further conditions\n" +
          '"\'=cmd(""x"")",,subject,production,reader,arn:aws:iam::111122223333:role/reader,0,no\n' +
          '"a,b",,subject,production,reader,arn:aws:iam::111122223333:role/reader,0,no\n',
      );
      await page.evaluate(
        "navigator.clipboard.writeText = async (text) => { window.copied = text; }; " +
          "document.getElementById('copy').click()",
      );
      await page.waitForFunction("document.getElementById('copy').textContent === 'Copied'");
      expect(await page.evaluate("window.copied")).toContain('\n\'=cmd("x")\t\tsubject\tproduction\treader\t');
    });
  });

  test("in print every card that a filter leaves is open, and closed again afterwards", async () => {
    await open("several", { hash: "#q=role-0001" }, async (page) => {
      await page.evaluate("dispatchEvent(new Event('beforeprint'))");
      expect(await page.$$eval("details.role:not([hidden])", (all) => all.map(({ open }) => open))).toEqual(
        Array.from({ length: 10 }, () => true),
      );
      await page.evaluate("dispatchEvent(new Event('afterprint'))");
      expect(await page.$$eval("details.role[open]", (all) => all.length)).toBe(0);
    });
  });

  test.each([[1440], [768], [360]])("heads stay below the bar while their table passes (%i px)", async (width) => {
    await open("several", { width }, async (page) => {
      await page.evaluate("document.querySelectorAll('#identity-table tr[id]')[12].scrollIntoView({ block: 'start' })");
      const [bar, head] = (await page.evaluate(
        "['#bar', '#identity-table thead th'].map((one) => { const { top, bottom } = " +
          "document.querySelector(one).getBoundingClientRect(); return { top, bottom }; })",
      )) as readonly { readonly top: number; readonly bottom: number }[];
      // on a phone the bar would leave no room for anything else
      if (width > 736) expect([bar?.top, Math.abs((head?.top ?? 0) - (bar?.bottom ?? 0)) < 2]).toEqual([0, true]);
      else expect(bar?.bottom).toBeLessThan(0);
    });
  });

  test.each(HOSTILE_PAGES.map((text, index) => [JSON.stringify(text), index]))(
    "the name %s runs nothing",
    async (_, index) => {
      await open(`hostile-${index}`, { hash: "#i0" }, async (page) => {
        await page.evaluate("document.addEventListener('securitypolicyviolation', () => { console.log('refused'); })");
        await page.evaluate("location.hash = '#r0s0'");
        await page.waitForSelector("details.role.selected");
        await page.focus("#f-search");
        await page.keyboard.type(HOSTILE_PAGES[Number(index)] ?? "");
        await page.evaluate("new Promise((done) => setTimeout(done, 200))");
        await page.evaluate("location.hash = '#matrix'");
        await page.waitForSelector(".matrix");
        expect(
          await page.evaluate("document.querySelectorAll('main script, main img, main style, main iframe').length"),
        ).toBe(0);
      });
    },
  );

  test("a mark in the matrix, reached by keyboard, opens the policy at its line", async () => {
    await open("full", {}, async (page) => {
      await page.evaluate("document.getElementById('matrix').scrollIntoView()");
      await page.waitForSelector(".matrix td .mark");
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
      const name = "at.localName + (at.id === '' ? '' : '#' + at.id)";
      const { names, withoutOutline } = await tabStops(page, 25, name);
      expect(names[0]).toBe("a");
      expect(names).toEqual(
        expect.arrayContaining(["input#f-search", "select#f-issuer", "input#f-findings", "button", "button#csv"]),
      );
      expect(withoutOutline).toEqual([]);
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

  test("by keyboard alone: search, open what is found, and follow it to the role and its statement", async () => {
    await open("several", {}, async (page) => {
      await page.focus("#f-search");
      await page.keyboard.type(SHARED);
      await page.waitForFunction(counted(/^6 roles, 1 identity$/));
      const active = (): Promise<unknown> => page.evaluate("document.activeElement.getAttribute('href')");
      for (let step = 0; step < 40 && (await active()) !== "#r3"; step += 1) await page.keyboard.press("Tab");
      await page.keyboard.press("Enter");
      await page.waitForFunction("document.getElementById('r3').open && location.hash === '#r3'");
    });
  });

  describe("with 500 roles", () => {
    test("a link lands on what it leads to, near the top and below the bar", async () => {
      await open500(async (page) => {
        for (const hash of [
          "#roles",
          "#matrix",
          "#issuers",
          "#findings",
          "#r499",
          "#i1999",
          "#r250s0",
          "#u1",
          "#identities",
          "#r0",
        ]) {
          await page.evaluate(`location.hash = ${JSON.stringify(hash)}`);
          await page.evaluate("new Promise((done) => setTimeout(done, 400))");
          const at = (await page.evaluate(
            "(() => { const { top } = document.getElementById(location.hash.slice(1)).getBoundingClientRect(); " +
              "const { bottom } = document.getElementById('bar').getBoundingClientRect(); const end = " +
              "scrollY + innerHeight >= document.documentElement.scrollHeight - 1; return { top, bottom, end }; })()",
          )) as { readonly top: number; readonly bottom: number; readonly end: boolean };
          expect([hash, at.top >= at.bottom - 1, at.end || at.top < 200]).toEqual([hash, true, true]);
        }
      });
    });

    test("what is too much to draw one by one is counted by issuer, and leads to what it counts", async () => {
      await open500(async (page) => {
        expect(await graphTexts(page)).toEqual([
          ...["production", "1005 identities", "250 roles", "other", "1005 identities", "250 roles"],
        ]);
        await page.click('#graph [href="#issuer=other"]');
        await page.waitForFunction(counted(/^250 roles, 1005 identities$/));
        expect(await page.$eval("#f-issuer", (field) => (field as { value?: string }).value)).toBe("1");
      });
    });

    test("cards that a search leaves far below are there when they are reached, and in print", async () => {
      await open500(async (page) => {
        await filter(page, SHARED, /^50 roles, 1 identity$/);
        await page.evaluate("document.getElementById('roles').scrollIntoView()");
        await page.waitForFunction(
          "[...document.querySelectorAll('details.role')].filter((card) => card.offsetParent !== null)" +
            ".map((card) => card.id).slice(0, 3).join() === 'r3,r13,r23'",
        );
        await page.evaluate("scrollTo(0, 0)");
        await page.click("button[type=reset]");
        await page.waitForFunction(counted(/^500 roles/));
        await filter(page, "role-00499", /^1 role/);
        await page.evaluate("dispatchEvent(new Event('beforeprint'))");
        expect(await page.$$eval("details.role:not([hidden])", (all) => all.map(({ id }) => id))).toEqual(["r499"]);
      });
    });

    test("nothing is drawn as a hairball: without a selection the graph says how to get one", async () => {
      await open500(async (page) => {
        expect(await countText(page)).toBe("500 roles, 2010 identities");
        expect(await textOf(page, "#graph-note")).toBe(
          "2010 identities and 500 roles, too many to draw one by one. Select an identity or a role, or search.",
        );
        await filter(page, SHARED, /^50 roles, 1 identity$/);
        expect(await textOf(page, "#graph-note")).toBe(
          `Around ${SHARED}: 1 identity and 50 roles, of which the first 16 are drawn.`,
        );
        expect(await page.$$eval("#graph [data-c=role]", (nodes) => nodes.length)).toBe(16);
        expect(await page.$$eval(".reached > li", (all) => all.length)).toBe(5);
        await page.click(".detail button");
        expect(await page.$$eval(".reached > li", (all) => all.length)).toBe(50);
      });
    });

    test("filtering regroups the matrix: the roles that are left stand side by side", async () => {
      await open500(async (page) => {
        await filter(page, SHARED, /^50 roles, 1 identity$/);
        await page.evaluate("document.getElementById('matrix').scrollIntoView()");
        await page.waitForSelector(".matrix");
        const heads = (): Promise<readonly (string | null)[]> =>
          page.$$eval(".matrix thead th:not(.corner)", (all) => all.map(({ textContent }) => textContent));
        expect((await heads()).slice(0, 3)).toEqual(["role-00003", "role-00013", "role-00023"]);
        expect(await textOf(page, ".matrix caption")).toBe("Roles 1 to 20 of 50");
        await page.evaluate("document.querySelector('.turn button:last-child').click()");
        expect((await heads())[0]).toBe("role-00203");
        expect(await visible(page, ".matrix tbody tr")).toBe(1);
      });
    });

    test("more of a list are shown on demand", async () => {
      await open500(async (page) => {
        expect(await visible(page, "details.role")).toBe(25);
        await page.click("#more-roles");
        expect(await visible(page, "details.role")).toBe(50);
      });
    });

    test.each([
      ["five", "large"],
      ["two", "large, of two identities each"],
    ])("of %s identities each a search takes a tenth of the page's main-thread time, or less", async (_, name) => {
      const page = await browser.newPage();
      try {
        const debug = await page.createCDPSession();
        await debug.send("Performance.enable", { timeDomain: "threadTicks" });
        // seconds of processor time, so that what else the machine does does not count
        const used = async (): Promise<number> => {
          await page.evaluate("new Promise((done) => setTimeout(done, 500))");
          const { metrics } = await debug.send("Performance.getMetrics");
          return metrics.find(({ name }) => name === "TaskDuration")?.value ?? 0;
        };
        const before = await used();
        await page.goto(pathToFileURL(files[name] ?? "").href);
        const rendered = (await used()) - before;
        const idle = (await used()) - before - rendered;
        for (const search of ["role-00499", SHARED]) {
          const start = await used();
          await page.evaluate(
            `(() => { const field = document.getElementById("f-search"); field.value = "${search}"; ` +
              `field.dispatchEvent(new Event("input", { bubbles: true })); })()`,
          );
          expect(((await used()) - start - idle) / (rendered - idle)).toBeLessThanOrEqual(0.1);
          expect(await page.evaluate("location.hash")).toBe(`#q=${search}`);
        }
      } finally {
        await page.close();
      }
    });
  });
});
