/** `generate runbook`: what to run when a person left or a secret leaked, for one federation. */
import { isSeq } from "yaml";
import { rootFolderOf } from "../federation/account-view";
import { identityNames } from "../federation/identities";
import type { Federation, FederationRole } from "../federation/model";
import { reachOf } from "../federation/reach";
import type { GeneratedTree } from "../files/compare-tree";
import { generatedFile } from "../files/generated-file";
import { type Renderer, rendererWith } from "../hcl/templates";
import { actionCovers, statementsIn, textsOf } from "../trust/parsed/parse-role";
import { likeMatcher } from "../trust/string-like";
import { markdownCode, markdownText, shellWord } from "../text/escape";
import { durationText } from "../federation/time";
import { yamlDocument } from "../federation/yaml-document";
import type { Deployment } from "./deployments";

export interface RunbookOptions {
  /** The federation file, as commands name it. */
  readonly file: string;
  readonly deployment: Deployment;
  /** The folder of roots, for Terraform and OpenTofu. */
  readonly root: string;
  /** The generator's. */
  readonly version: string;
}

/**
 * `runbook.md`.
 *
 * @example
 * ```ts
 * runbook(federation, { file: "federation.yaml", deployment: "terraform", root: "root", version: "1.0.0" });
 * ```
 */
export function runbook(federation: Federation, options: RunbookOptions): GeneratedTree {
  renderer ??= rendererWith(helpers, []);
  const body = renderer("runbook/runbook.md.hbs", viewOf(federation, options));
  const files = new Map([["runbook.md", generatedFile("runbook.md", body, "runbook", options.version)]]);
  return { kind: "runbook", files, owned: [{ folder: "", deep: false }] };
}

let renderer: Renderer | undefined;

const helpers = {
  markdown: (text: string) => markdownText(text),
  /** Inline code. */
  code: (text: string) => markdownCode(text),
  /** Inline code in a cell of a table. */
  cell: (text: string) => markdownCode(text).replaceAll("|", "\\|"),
  /** A list of one text in YAML, on one line. */
  yamlList: (text: string) => {
    const document = yamlDocument([text]);
    if (isSeq(document.contents)) document.contents.flow = true;
    return document.toString({ flowCollectionPadding: false, lineWidth: 0 }).trimEnd();
  },
  /** A word of a command. */
  word: (text: string) => shellWord(text),
};

function viewOf(federation: Federation, { file, deployment, root }: RunbookOptions): object {
  const identities = identityRows(federation);
  const isKit = deployment === "cdktf" || deployment === "cdktn";
  const [example] = identities;
  const durations =
    federation.roles.length === 0
      ? [federation.maxSessionDuration]
      : federation.roles.map(({ maxSessionDuration }) => maxSessionDuration);
  return {
    federation: federation.name,
    file,
    folder: file.slice(0, Math.max(0, file.lastIndexOf("/"))),
    // git takes a path from the top of the repository unless it begins like this
    committed: `./${file.slice(file.lastIndexOf("/") + 1)}`,
    example: example?.entry ?? "someone@example.com",
    identities,
    patterns: federation.roles.flatMap(patternsOf),
    roles: federation.roles.map((role) => ({ role: role.key, longest: durationText(role.maxSessionDuration) })),
    longest: durationText(Math.max(...durations)),
    isKit,
    deployment,
    root,
    stacks: federation.accounts.map(({ stackName }) => stackName),
    folders: federation.accounts.map((account) =>
      [root, rootFolderOf(account)].filter((part) => part !== "").join("/"),
    ),
    chained: federation.roles.flatMap((role) => {
      const targets = assumable(role);
      return targets.length === 0 ? [] : [{ role: role.key, targets }];
    }),
    unityCatalog: federation.roles
      .filter(({ trusts }) => trusts.some(({ kind }) => kind === "unityCatalog"))
      .map((role) => role.key),
    managed: federation.roles
      .filter(({ managedPolicyArns }) => Object.keys(managedPolicyArns).length > 0)
      .map(({ key }) => key),
  };
}

interface IdentityRow {
  /** What to write under `suspended`: its name, or the subject. */
  readonly entry: string;
  readonly subject: string;
  readonly roles: readonly string[];
}

/** Each identity that the federation declares, with the roles it may assume, also those by a pattern. */
function identityRows(federation: Federation): readonly IdentityRow[] {
  const namesOf = identityNames(federation);
  const reach = reachOf(federation);
  const roles = new Map<string, Set<string>>();
  for (const { kind, who, role } of reach)
    if (kind === "service principal" || kind === "user" || kind === "subject")
      roles.set(who, (roles.get(who) ?? new Set()).add(role));
  for (const { kind, who: pattern, role } of reach)
    if (kind === "subject pattern" || kind === "wide pattern") {
      const matches = likeMatcher(pattern);
      for (const [subject, own] of roles) if (matches(subject)) own.add(role);
    }
  return [...roles].map(([subject, own]) => ({
    entry: namesOf(subject)[0] ?? subject,
    subject,
    roles: [...own],
  }));
}

function patternsOf(role: FederationRole): readonly { readonly role: string; readonly pattern: string }[] {
  return reachOf({ roles: [role] })
    .filter(({ kind }) => kind === "subject pattern" || kind === "wide pattern")
    .map(({ who }) => ({ role: role.key, pattern: who }));
}

/** What the role's inline policies let it assume further, as written. */
function assumable({ inlinePolicies }: FederationRole): readonly string[] {
  const targets = Object.values(inlinePolicies).flatMap((policy) => {
    return statementsIn(policy).flatMap((statement) => {
      const allows =
        statement["Effect"] === "Allow" &&
        ("NotAction" in statement ||
          textsOf(statement["Action"]).some((action) => actionCovers(action, "sts:AssumeRole")));
      if (!allows) return [];
      return "NotResource" in statement ? ["*"] : textsOf(statement["Resource"]);
    });
  });
  return [...new Set(targets)];
}
