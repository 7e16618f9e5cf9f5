/**
 * Draws the README's pictures: docs/pictures/npm-start.svg from what `npm start` prints, which a test holds, and
 * docs/pictures/report.png from a report in Chromium.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import puppeteer from "puppeteer-core";
import { tell } from "../src/cli/run";
import { parseFederation } from "../src/federation";
import { reportPage } from "../src/report/page";
import { reportView } from "../src/report/view";
import { startPicture } from "./terminal-svg";

const ROOT = join(__dirname, "..");
const PICTURES = join(ROOT, "docs", "pictures");

/** Enough for a report to have something to show. */
const SHOWN = `name: lakehouse
aws: { accountId: "111122223333" }
emailDomains: [data.example.com]
issuers:
  production: { level: workspace, host: mycompany.cloud.databricks.com, workspaceId: "1444828305810485" }
  company: { level: account, accountId: 7d3c2b1a-0f5e-4c8d-9a6b-123456789012 }
roles:
  lake-reader:
    description: Nightly jobs read the lake
    trusts:
      - { issuer: production, servicePrincipals: [6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b] }
      - { issuer: company, servicePrincipals: [1f0e9d8c-7b6a-4594-8372-615049382716] }
    managedPolicyArns: { read: "arn:aws:iam::111122223333:policy/read-lake" }
  lake-writer:
    description: The loader writes new files
    trusts:
      - { issuer: production, servicePrincipals: [6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b] }
    inlinePolicies:
      write-lake:
        Version: "2012-10-17"
        Statement: [{ Effect: Allow, Action: "s3:PutObject", Resource: "arn:aws:s3:::acme-lake/*" }]
  notebooks:
    description: Analysts in notebooks, from the office
    trusts:
      - issuer: company
        users: [alice@data.example.com, bob@data.example.com]
        conditions: [{ test: IpAddress, variable: "aws:SourceIp", values: [203.0.113.0/24] }]
    managedPolicyArns: { read: "arn:aws:iam::111122223333:policy/read-lake" }
`;

/** The time that the report shows. */
const SHOWN_AT = Date.UTC(2026, 0, 15, 9, 30) / 1000;

function drawStart(): void {
  const stdout = execFileSync(process.execPath, [join(ROOT, "node_modules/tsx/dist/cli.mjs"), "src/cli/start.ts"], {
    cwd: ROOT,
    encoding: "utf8",
    env: { ...process.env, FORCE_COLOR: "1" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  writeFileSync(join(PICTURES, "npm-start.svg"), startPicture(stdout));
}

async function drawReport(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "databricks-aws-oidc-pictures-"));
  const browser = await puppeteer.launch({
    executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars"],
  });
  try {
    const file = join(folder, "report.html");
    const { federation } = parseFederation(SHOWN, { file: "federation.yaml" });
    writeFileSync(file, reportPage(reportView(federation, SHOWN_AT)));
    const page = await browser.newPage();
    await page.setViewport({ width: 1200, height: 900 });
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: "light" }]);
    await page.goto(`${pathToFileURL(file).href}#q=6a9f`);
    await page.screenshot({ path: join(PICTURES, "report.png") });
  } finally {
    await browser.close();
    rmSync(folder, { recursive: true });
  }
}

mkdirSync(PICTURES, { recursive: true });
drawStart();
void drawReport().then(() => tell("docs/pictures: npm-start.svg, report.png"));
