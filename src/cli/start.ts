/**
 * `npm start`: the main job on a federation file, no Terraform needed. Reads it, writes HCL and the CDKTF stack under
 * out/, and shows issuers, trust policies, and who reaches what. `npm start -- FILE` takes another federation,
 * `npm start -- URL` the embedded one with the issuer of that workspace or account; `npm run with-cdktn -- npm start`
 * makes the stack with CDK Terrain.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { name as kitName } from "cdktf/package.json";
import util from "node:util";
import { version } from "../../package.json";
import {
  accountView,
  type AccountView,
  type Federation,
  identityNames,
  parseFederation,
  reachOf,
  type ReadFederation,
  roleTrustPolicy,
} from "../federation";
import { rootFolderOf } from "../federation/account-view";
import { DEFAULT_FEDERATION_FILE } from "../files/load-federation";
import { readText } from "../files/read-file";
import { measureTrustPolicy, trustPolicyJson } from "../trust/build";
import { replaceTree } from "../files/replace-tree";
import { inputError } from "../errors";
import { withOwnIssuer } from "./own-issuer";
import { run, sayCode, sayText, step, tell } from "./run";
import { textTable } from "../text/table";
import { withNames } from "../text/words";

const OUT = "out";
/** By the package that `cdktf` stands for here: CDKTF itself, or CDK Terrain (scripts/cdktn.ts). */
const KITS = {
  cdktf: { title: "CDKTF", command: "npx cdktf" },
  cdktn: { title: "CDK Terrain", command: "npm run with-cdktn -- cdktn" },
} as const;
const kit = kitName === "cdktn" ? "cdktn" : "cdktf";
const { title, command } = KITS[kit];
/** The rest of a root is for an editor. */
const SHOWN_LINES = 30;

/** A file, or what a browser shows of a workspace. */
function read(given: string): ReadFederation {
  const isAddress = !existsSync(given) && !/\.(?:ya?ml|json)$/i.test(given);
  if (isAddress) return withOwnIssuer(readText(DEFAULT_FEDERATION_FILE), given);
  // the message of a missing file is about npm start
  return parseFederation(readText(given, "Name a federation file, as in npm start -- federation.yaml."), {
    file: given,
  });
}

async function start(given: string): Promise<0> {
  step(`reading ${given}`);
  const { federation, warnings } = read(given);

  step(`writing HCL to ${OUT}/hcl`);
  const { rootTree } = await import("../module/root-tree");
  const { tree } = rootTree(federation, {
    version,
    style: "modules",
    moduleSource: undefined,
    moduleVersion: undefined,
    movedFrom: undefined,
  });
  replaceTree(join(OUT, "hcl"), tree);

  step(`synthesizing the ${title} stack to ${OUT}/${kit}`);
  // cdktf calls util.isArray, for which Node 24 prints a deprecation warning
  Object.assign(util, { isArray: Array.isArray });
  const { synthesizeStacks } = await import("./synthesize");
  synthesizeStacks(federation, join(OUT, kit));

  for (const account of federation.accounts) showAccount(accountView(federation, account));
  sayText(`\nWho reaches what\n\n${reachTable(federation)}`);
  for (const warning of warnings)
    tell(`note: ${warning.path === undefined ? "" : `${warning.path}: `}${warning.message} [${warning.code}]`);
  showNext(federation, given);
  return 0;
}

function showAccount(view: AccountView): void {
  const { account, federation } = view;
  const root = join(OUT, "hcl", rootFolderOf(account));
  const placeholder =
    account.accountId === null
      ? (text: string): string => text.replaceAll(view.accountId, "<account>")
      : (text: string): string => text;
  const key = account.key === null ? "" : `, AWS account ${account.key}`;
  sayText(
    `Federation ${federation.name}${key} (${account.accountId ?? "account detected at plan time"}, ` +
      `${account.partition})\n`,
  );
  sayText(
    textTable(
      ["issuer", "level", "URL", "audience", "provider ARN"],
      view.providers.map(({ issuer, arn, create }) => [
        issuer.key,
        issuer.level,
        issuer.issuer,
        issuer.audiences.join(", "),
        `${placeholder(arn)}${create ? "" : " (adopted)"}`,
      ]),
    ),
  );
  const [first] = view.roles;
  if (first !== undefined) {
    const policy = roleTrustPolicy(first, view);
    const size = measureTrustPolicy(trustPolicyJson(policy), federation.trustPolicyMaxLength);
    sayText(
      `\nTrust policy of ${first.key} (${size.length} of ${size.quota} characters; ${size.moreSubjects} more ` +
        `service principals fit)\n`,
    );
    sayCode(placeholder(JSON.stringify(policy, null, 2)));
  }
  sayText(`\nHCL: ${root}/main.tf\n`);
  const lines = readFileSync(join(root, "main.tf"), "utf8").trimEnd().split("\n");
  sayCode(lines.slice(0, SHOWN_LINES).join("\n"));
  if (lines.length > SHOWN_LINES) sayText(`… and ${lines.length - SHOWN_LINES} lines more`);
}

function reachTable(federation: Federation): string {
  const namesOf = identityNames(federation);
  return textTable(
    ["role", "who", "kind", "issuer", "extra conditions"],
    reachOf(federation).map(({ role, who, kind, issuer, conditions }) => [
      role,
      withNames(who, namesOf(who)),
      kind,
      issuer ?? "-",
      conditions === 0 ? "-" : String(conditions),
    ]),
  );
}

function showNext(federation: Federation, given: string): void {
  const [account] = federation.accounts;
  const root = join(OUT, "hcl", account === undefined ? "" : rootFolderOf(account));
  const config = given === DEFAULT_FEDERATION_FILE || !existsSync(given) ? "" : ` --config ${given}`;
  sayText(
    [
      "\nNext, one of:",
      `  terraform -chdir=${root} init && terraform -chdir=${root} plan    review the HCL, then apply it`,
      `  ${command} deploy ${federation.accounts.map(({ stackName }) => stackName).join(" ")}    deploy the ` +
        `${title} stack${given === DEFAULT_FEDERATION_FILE ? "" : `, once it is in ${DEFAULT_FEDERATION_FILE}`}`,
      `  npm run -s cli -- prove${config}    try 1,000 forged tokens on every role`,
    ].join("\n"),
  );
}

/** The one argument, or the committed file. Throws InputError usage. */
function givenArgument(args: readonly string[]): string {
  const [given = DEFAULT_FEDERATION_FILE, ...more] = args;
  if (given.startsWith("-") || more.length > 0) {
    throw inputError(
      "usage",
      "npm start takes a federation file, or the address of a workspace or account; nothing else.",
      "Write npm start, npm start -- FILE or npm start -- " +
        '"https://mycompany.cloud.databricks.com/?o=1444828305810485".',
    );
  }
  return given;
}

void run(() => start(givenArgument(process.argv.slice(2))));
