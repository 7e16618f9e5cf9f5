/** The CHANGELOG entry of a release, from what changed: wider trusts first, then what breaks, with before and after. */
import { markdownProse } from "../../text/escape";
import { isWiderTrust, type ReleaseChange, type Step } from "./change";

export interface NotesSource {
  readonly version: string;
  /** Null for the first release. */
  readonly previous: string | null;
  /** As `compareReleases` orders them. */
  readonly changes: readonly ReleaseChange[];
  /** Of this release. */
  readonly modules: readonly string[];
}

const SECTIONS: readonly {
  readonly title: string;
  readonly lead?: string;
  readonly holds: (change: ReleaseChange) => boolean;
  readonly shown: boolean;
}[] = [
  {
    title: "Wider trusts",
    lead:
      "For the same inputs a trust policy lets in more identities than before, or cannot be shown not to. Read " +
      "each before you upgrade.",
    holds: isWiderTrust,
    shown: true,
  },
  { title: "Breaking", holds: (change) => change.step === "major" && !isWiderTrust(change), shown: true },
  { title: "Added", holds: ofStep("minor"), shown: true },
  { title: "Changed", holds: ofStep("patch"), shown: false },
];

function ofStep(step: Step): (change: ReleaseChange) => boolean {
  return (change) => change.step === step;
}

/** Markdown: a heading of the second level and its sections. */
export function releaseNotes({ version, previous, changes, modules }: NotesSource): string {
  if (previous === null) return `## ${version}\n\n- First release: ${modules.join(", ")}.\n`;
  if (changes.length === 0) return `## ${version}\n\nThe contracts of the modules did not change since ${previous}.\n`;
  const sections = SECTIONS.flatMap(({ title, lead, holds, shown }) => {
    const entries = distinct(changes.filter(holds)).map((entry) => entryText(entry, shown));
    return entries.length === 0
      ? []
      : [[`### ${title}`, ...(lead === undefined ? [] : [lead]), entries.join(shown ? "\n\n" : "\n")].join("\n\n")];
  });
  return `## ${version}\n\nSince ${previous}.\n\n${sections.join("\n\n")}\n`;
}

interface Entry {
  readonly change: ReleaseChange;
  readonly modules: readonly string[];
}

/** The same change of several modules is one entry. */
function distinct(changes: readonly ReleaseChange[]): readonly Entry[] {
  const entries = new Map<string, { change: ReleaseChange; modules: string[] }>();
  for (const change of changes) {
    const { module, ...rest } = change;
    const key = JSON.stringify(rest);
    const entry = entries.get(key) ?? { change, modules: [] };
    entry.modules.push(module);
    entries.set(key, entry);
  }
  return [...entries.values()];
}

function entryText({ change, modules }: Entry, shown: boolean): string {
  const line = `- **${modules.join(", ")}**: ${markdownProse(change.message)}`;
  if (!shown) return line;
  const block = (title: string, code: string | undefined): readonly string[] =>
    code === undefined ? [] : ["", `  ${title}:`, "", ...fenced(code)];
  return [
    line,
    ...block("Inputs", change.given),
    ...block("Before", change.before),
    ...block("After", change.after),
  ].join("\n");
}

/** A code block within a list's entry, with a fence longer than any in the code. */
function fenced(code: string): readonly string[] {
  const longest = Math.max(2, ...[...code.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return [`${fence}hcl`, ...code.split("\n"), fence].map((line) => (line === "" ? "" : `  ${line}`));
}
