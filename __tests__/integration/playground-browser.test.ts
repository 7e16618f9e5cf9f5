/** The playground in a browser, from a file: nothing is sent, nothing pasted runs, no token stays. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import type { Browser, Page } from "puppeteer-core";
import { buildPlayground } from "../../scripts/build-playground";
import { axeViolations, launchChromium, overflow, tabStops, withPage } from "../support/chromium";
import { describeWith } from "../support/requirements";
import { temporaryFolder } from "../support/temporary-folder";

const TABS = ["issuer", "decide", "who", "federation"] as const;
const base64url = (text: string): string => Buffer.from(text).toString("base64url");
const SIGNATURE = "c2lnbmF0dXJlLXRoYXQtbXVzdC1ub3Qtc3RheQ";
const TOKEN = [
  base64url('{"alg":"RS256","kid":"1","typ":"JWT"}'),
  base64url('{"iss":"https://mycompany.cloud.databricks.com/oidc","aud":"1444828305810485","sub":"alice@example.com"}'),
  SIGNATURE,
].join(".");
const EVIL = `</script><img src=x onerror="document.title='owned'"><script>document.title='owned'</script>`;

describeWith({ chromium: true }, "the playground in a browser", () => {
  const file = join(temporaryFolder("playground"), "index.html");
  const url = pathToFileURL(file).href;
  let browser: Browser;

  beforeAll(async () => {
    writeFileSync(file, (await buildPlayground()).page);
    browser = await launchChromium();
  });

  afterAll(() => browser?.close());

  interface Look {
    readonly width?: number;
    readonly scheme?: "light" | "dark";
    readonly fragment?: string;
  }

  /** Opens the page and hands it over; fails for any request but the file, any message, any violation of the policy. */
  async function open(look: Look, body: (page: Page) => Promise<void>): Promise<void> {
    const isOwn = (requested: string): boolean => requested.split("#")[0] === url;
    await withPage(browser, isOwn, async (page) => {
      await page.evaluateOnNewDocument(
        "window.violations = []; addEventListener('securitypolicyviolation', (event) => " +
          "violations.push(event.violatedDirective + ' ' + event.blockedURI + ' ' + event.sample))",
      );
      await page.setViewport({ width: look.width ?? 1440, height: 900 });
      await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: look.scheme ?? "light" }]);
      await page.goto(`${url}${look.fragment ?? ""}`);
      await body(page);
      expect(await page.title()).toBe("Playground: Databricks to AWS without a stored key");
      expect(await page.evaluate("violations")).toEqual([]);
    });
  }

  const visibleText = (page: Page): Promise<string> => page.evaluate("document.body.innerText") as Promise<string>;
  const valueOf = (page: Page, id: string): Promise<string> =>
    page.evaluate(`document.getElementById(${JSON.stringify(id)}).value`) as Promise<string>;
  const statusOf = (page: Page, tab: string): Promise<string> =>
    page.$eval(`#panel-${tab} .status`, (status) => status.textContent ?? "");

  async function fill(page: Page, id: string, text: string): Promise<void> {
    await page.evaluate(
      `(() => { const field = document.getElementById(${JSON.stringify(id)}); field.value = ${JSON.stringify(text)}; ` +
        "field.dispatchEvent(new Event('input', { bubbles: true })); })()",
    );
  }

  async function expectStatus(page: Page, tab: string, expected: RegExp): Promise<void> {
    await page
      .waitForFunction(`${expected}.test(document.querySelector("#panel-${tab} .status").textContent)`, {
        timeout: 20_000,
      })
      .catch(async () => expect(await statusOf(page, tab)).toMatch(expected));
  }

  const READY = {
    issuer: /issuer:/,
    decide: /^✗ AWS would refuse/,
    who: /^1 role; lint/,
    federation: /^✓ The file reads/,
  };
  /** What makes each tab show its other state. */
  const WRONG = {
    issuer: ["issuer-workspace", "https://example.com/", /wrong$/],
    decide: ["decide-claims", "{", /wrong$/],
    who: ["who-document", '{"Statement":[{"Effect":"Allow","Principal":"*","Action":"*"}]}', /error/],
    federation: ["federation-file", "name: 1\nroles: [", /problem/],
  } as const;

  test.each(
    TABS.flatMap((tab) =>
      (
        [
          [360, "dark"],
          [768, "light"],
          [1440, "light"],
          [1440, "dark"],
        ] as const
      ).map((look) => [tab, ...look] as const),
    ),
  )(
    "%s at %i pixels, %s: axe finds nothing and nothing sticks out, with and without problems",
    async (tab, width, scheme) => {
      await open({ width, scheme, fragment: `#${tab}` }, async (page) => {
        await expectStatus(page, tab, READY[tab]);
        await page.$$eval(`#panel-${tab} details`, (all) => {
          for (const one of all) one.open = true;
        });
        expect(await axeViolations(page)).toEqual([]);
        expect(await overflow(page)).toBeLessThanOrEqual(0);
        const [id, text, expected] = WRONG[tab];
        await fill(page, id, text);
        await expectStatus(page, tab, expected);
        expect(await axeViolations(page)).toEqual([]);
        expect(await overflow(page)).toBeLessThanOrEqual(0);
      });
    },
  );

  test("the address of a workspace becomes issuer, audience, ARN, trust policy, HCL and TypeScript", async () => {
    await open({}, async (page) => {
      await fill(page, "issuer-workspace", "adb-1444828305810485.5.azuredatabricks.net");
      await expectStatus(page, "issuer", /adb-1444828305810485\.5\.azuredatabricks\.net\/oidc/);
      const text = await visibleText(page);
      for (const said of [
        "arn:aws:iam::111122223333:oidc-provider/adb-1444828305810485.5.azuredatabricks.net/oidc",
        '"adb-1444828305810485.5.azuredatabricks.net/oidc:aud": [',
        'source = "./modules/databricks-federation"',
        "FederationStack.forEachAccount(app, federation);",
      ])
        expect(text).toContain(said);
    });
  });

  test("the nearest miss and the line that refuses are shown, and a fitting subject gets in", async () => {
    await open({ fragment: "#decide" }, async (page) => {
      await expectStatus(page, "decide", /^✗ AWS would refuse/);
      const text = await visibleText(page);
      expect(text).toContain("AWS would return AccessDenied");
      expect(text).toMatch(/✗ StringEquals mycompany.cloud.databricks.com\/oidc:sub/);
      await fill(page, "decide-claims", (await valueOf(page, "decide-claims")).replace("4a5c", "4a5b"));
      await expectStatus(page, "decide", /^✓ AWS would let this token in/);
    });
  });

  test("a change of the federation file changes everything, and a problem leads to its line", async () => {
    await open({ fragment: "#federation" }, async (page) => {
      await expectStatus(page, "federation", /^✓/);
      const yaml = await valueOf(page, "federation-file");
      await fill(page, "federation-file", yaml.replaceAll("lake-reader", "lake-writer"));
      await page.waitForFunction("document.body.innerText.includes('role/databricks/lake-writer')");
      expect(await visibleText(page)).not.toContain("lake-reader");
      await fill(page, "federation-file", yaml.replace("issuer: production", "issuer: elsewhere"));
      await expectStatus(page, "federation", /^✗ 1 problem/);
      await page.click("#panel-federation button.where");
      expect(
        await page.evaluate(
          "(({ value, selectionStart }) => value.slice(selectionStart, selectionStart + 9))(document.activeElement)",
        ),
      ).toBe("elsewhere");
    });
  });

  test("the schema's fields at the cursor are listed and added by keyboard", async () => {
    await open({ fragment: "#federation" }, async (page) => {
      await page.evaluate(
        "(() => { const area = document.getElementById('federation-file'); area.focus(); " +
          "const at = area.value.indexOf('description:'); area.setSelectionRange(at, at); })()",
      );
      await page.keyboard.press("End");
      await page.waitForSelector('button[aria-label="Add accounts"]');
      await page.focus('button[aria-label="Add permissionsBoundaryArn"]');
      await page.keyboard.press("Enter");
      expect(await valueOf(page, "federation-file")).toContain(
        "lake\n    permissionsBoundaryArn: arn:aws:iam::111122223333:policy/read-lake\n    trusts:",
      );
      await expectStatus(page, "federation", /^✓/);
    });
  });

  /** A paste as a person makes it; the browser puts the text in where the page does not. */
  const paste = (page: Page, id: string, text: string): Promise<unknown> =>
    page.evaluate(
      `(() => { const field = document.getElementById(${JSON.stringify(id)}); field.focus(); field.select(); ` +
        "const data = new DataTransfer(); " +
        `data.setData("text", ${JSON.stringify(text)}); const event = new ClipboardEvent("paste", ` +
        "{ clipboardData: data, bubbles: true, cancelable: true }); if (field.dispatchEvent(event)) " +
        `document.execCommand("insertText", false, ${JSON.stringify(text)}); })()`,
    );

  test.each(["alone", "after Bearer", "in JSON", "over lines"])(
    "of a token pasted %s only the claims stay",
    async (how) => {
      const forms: Readonly<Record<string, string>> = {
        alone: TOKEN,
        "after Bearer": `Authorization: Bearer ${TOKEN}\n`,
        "in JSON": JSON.stringify({ access_token: TOKEN, token_type: "Bearer" }),
        "over lines": TOKEN.replace(/.{60}/g, "$&\n"),
      };
      await open({ fragment: "#decide" }, async (page) => {
        await paste(page, "decide-claims", forms[how] ?? "");
        expect(JSON.parse(await valueOf(page, "decide-claims"))).toEqual({
          iss: "https://mycompany.cloud.databricks.com/oidc",
          aud: "1444828305810485",
          sub: "alice@example.com",
        });
        expect(await visibleText(page)).toContain("its signature was removed");
        await page.keyboard.down("Control");
        await page.keyboard.press("z");
        await page.keyboard.up("Control");
        await page.click("#panel-decide > .columns > .inputs > .copy");
        expect(await page.content()).not.toContain(SIGNATURE);
        expect(await valueOf(page, "decide-claims")).not.toContain(SIGNATURE);
        expect(page.url()).toContain("alice");
        expect(page.url()).not.toContain(SIGNATURE);
      });
    },
  );

  test.each(["issuer-workspace", "who-document", "federation-file", "decide-policy", "decide-context"])(
    "a token typed or pasted into %s is taken out, and is in no link",
    async (id) => {
      await open({ fragment: `#${id.split("-")[0]}` }, async (page) => {
        await page.$$eval("form > details", (all) => {
          for (const one of all) one.open = true;
        });
        await page.focus(`#${id}`);
        await page.keyboard.sendCharacter(TOKEN);
        expect(await valueOf(page, id)).not.toContain(SIGNATURE);
        await paste(page, id, `a ${TOKEN} b`);
        expect(await valueOf(page, id)).toBe("a [hidden] b");
        await page.click(`#panel-${id.split("-")[0]} > .columns > .inputs > .copy`);
        expect(page.url()).not.toContain(SIGNATURE);
      });
    },
  );

  test("the back button leads to the tab before, and forward again", async () => {
    const shown = (tab: string): string => `!document.getElementById("panel-${tab}").hidden`;
    await open({}, async (page) => {
      await page.click("#tab-decide");
      await page.click("#tab-who");
      await page.evaluate("history.back()");
      await page.waitForFunction(shown("decide"));
      await page.evaluate("history.back()");
      await page.waitForFunction(shown("issuer"));
      await page.evaluate("history.forward()");
      await page.waitForFunction(shown("decide"));
    });
  });

  test("a workspace without its ID shows the issuer, and a problem leads to the field that is missing", async () => {
    await open({ fragment: "#issuer?workspace=mycompany.cloud.databricks.com" }, async (page) => {
      await expectStatus(page, "issuer", /mycompany\.cloud\.databricks\.com\/oidc$/);
      await page.click("#panel-issuer button.where");
      expect(await page.evaluate("document.activeElement.id")).toBe("issuer-workspace-id");
      await page.keyboard.type("1444828305810485");
      await page.waitForFunction(
        "document.querySelector('#panel-issuer button.where').textContent.includes('Who may')",
      );
      await fill(page, "issuer-subject", "alice@example.com");
      await page.waitForSelector('#panel-issuer a[href^="#federation?file="]');
      await page.click('#panel-issuer a[href^="#federation?file="]');
      await expectStatus(page, "federation", /^✓ The file reads: 1 role$/);
      expect(await valueOf(page, "federation-file")).toContain("users:\n          - alice@example.com");
    });
  });

  test("a link edited by hand ticks no box and chooses nothing that there is not", async () => {
    await open({ fragment: "#issuer?custom-host=no&partition=mars&workspace=a.cloud.databricks.com" }, async (page) => {
      expect(
        await page.evaluate(
          "[document.getElementById('issuer-custom-host').checked, document.getElementById('issuer-partition')" +
            ".selectedIndex]",
        ),
      ).toEqual([false, 0]);
    });
  });

  test("text that is too long is cut, and the page says so", async () => {
    await open({ fragment: "#who" }, async (page) => {
      await page.evaluate(
        "(() => { const field = document.getElementById('who-document'); field.value = '[' + ' '.repeat(500000); " +
          "field.dispatchEvent(new Event('input', { bubbles: true })); })()",
      );
      expect(await valueOf(page, "who-document")).toHaveLength(400_000);
      expect(await visibleText(page)).toContain("Cut after 400,000 characters");
    });
  });

  test("a link carries the inputs in its fragment, and one with a token is cleaned at once", async () => {
    let link = "";
    await open({ fragment: "#who" }, async (page) => {
      await fill(page, "who-document", '{"Version":"2012-10-17","Statement":[]}');
      await page.click("#panel-who > .columns > .inputs > .copy");
      link = page.url();
    });
    expect(link).toContain("#who?document=");
    await open({ fragment: link.slice(link.indexOf("#")) }, async (page) => {
      expect(await valueOf(page, "who-document")).toBe('{"Version":"2012-10-17","Statement":[]}');
    });
    await open({ fragment: `#decide?claims=${TOKEN}&policy=%7B%7D&unknown=1` }, async (page) => {
      expect(page.url()).not.toContain(SIGNATURE);
      expect(page.url()).not.toContain("unknown");
      expect(await page.content()).not.toContain(SIGNATURE);
      expect(await valueOf(page, "decide-claims")).toContain("alice@example.com");
    });
  });

  test("hostile text runs nothing, in any field or link", async () => {
    const json = JSON.stringify(EVIL);
    const policy =
      `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Federated":${json}},` +
      `"Action":${json},"Condition":{${json}:{${json}:${json}}}}]}`;
    const yaml =
      `name: ${json}\nissuers: { ${json}: { level: ${json} } }\n` +
      `roles: { ${json}: { trusts: [{ issuer: ${json} }] } }\n${json}: 1\n`;
    const cases = [
      ["issuer-workspace", EVIL],
      ["issuer-workspace", `https://${EVIL}`],
      ["issuer-subject", EVIL],
      ["issuer-aws-account-id", EVIL],
      ["decide-policy", policy],
      ["decide-claims", `{"iss":${json},"aud":${json},"sub":${json},${json}:${json}}`],
      ["decide-provider-url", `https://${EVIL}`],
      ["decide-client-id", EVIL],
      ["decide-context", `${EVIL}=${EVIL}`],
      ["who-document", policy],
      ["federation-file", yaml],
      ["federation-file", `name: lakehouse\n__proto__: {}\nconstructor: 1\nroles: { __proto__: { trusts: [] } }`],
    ] as const;
    await open({}, async (page) => {
      for (const [id, text] of cases) {
        const tab = id.split("-")[0] ?? "";
        await page.click(`#tab-${tab}`);
        await fill(page, id, text);
        await page.waitForFunction(`document.querySelector("#panel-${tab} .results").childNodes.length > 0`);
        await new Promise((resolve) => setTimeout(resolve, 250));
        expect(await page.evaluate("document.querySelectorAll('main img, main script, main iframe').length")).toBe(0);
      }
    });
    await open({ fragment: `#${EVIL}` }, async () => undefined);
    await open({ fragment: `#who?document=${encodeURIComponent(policy)}` }, async (page) => {
      await expectStatus(page, "who", /role/);
    });
  });

  test("the arrow keys choose tabs, and the tab key reaches every field and shows where it is", async () => {
    await open({}, async (page) => {
      await page.focus("#tab-issuer");
      await page.keyboard.press("ArrowLeft");
      expect(await page.evaluate("document.activeElement.id")).toBe("tab-federation");
      await page.keyboard.press("ArrowRight");
      await page.keyboard.press("ArrowRight");
      expect(await page.evaluate("document.activeElement.id + ' ' + location.hash")).toBe("tab-decide #decide");
      const fields = await tabStops(page, 3, "at.id || at.localName");
      expect(fields.names).toEqual(["decide-policy", "decide-claims", "summary"]);
      await page.keyboard.press("Enter");
      const more = await tabStops(page, 5, "at.id");
      expect(more.names).toEqual(expect.arrayContaining(["decide-provider-url", "decide-context"]));
      expect([...fields.withoutOutline, ...more.withoutOutline]).toEqual([]);
    });
  });

  test("the page is under 200 kB with gzip, without a template compiler or other languages", async () => {
    const { page, inputs } = await buildPlayground();
    expect(gzipSync(page).length).toBeLessThan(200_000);
    expect(inputs.filter((input) => /handlebars.*compiler|zod.*locales\/(?!en\.|index\.)|\bnode:/.test(input))).toEqual(
      [],
    );
  });
});
