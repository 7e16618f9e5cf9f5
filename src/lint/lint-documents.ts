/** Checks documents that were read: findings with their places, and who gains or loses a role. Pure. */
import type { Finding } from "./run-rules";
import { EMPTY_TARGET } from "../trust/parsed/target";
import type { LintTarget } from "../trust/parsed/target";
import type { RoleChange } from "./compare";
import { compareTargets } from "./compare";
import type { ExplainCommand } from "./explain-command";
import { explainCommand } from "./explain-command";
import type { Identity } from "./gained";
import type { Witness } from "../trust/exact/request";
import type { DocumentKind, LintDocument } from "../trust/documents/document";
import { mergedFindings } from "./run-rules";
import { namedFinding, type NamesOf } from "./with-names";

/** A document and where it was read from. */
export interface NamedDocument {
  /** As given; `stdin` for standard input. */
  readonly file: string;
  readonly document: LintDocument;
}

export interface PlacedFinding extends Finding {
  readonly names: Readonly<Record<string, readonly string[]>>;
  readonly file: string;
  /** 1-based; null where the document does not tell. */
  readonly line: number | null;
  readonly column: number | null;
}

export interface PlacedIdentity extends Omit<Identity, "witness"> {
  /** What the federation calls the subject; empty where it gives it no name. */
  readonly names: readonly string[];
  readonly witness: Omit<Witness, "request"> | null;
  /** How to see it with `explain`; null for a caller without a token. */
  readonly explain: ExplainCommand | null;
}

export interface PlacedChange extends Omit<RoleChange, "gained" | "lost"> {
  readonly file: string;
  readonly gained: readonly PlacedIdentity[];
  readonly lost: readonly PlacedIdentity[];
}

function placedChange(change: RoleChange, file: string, kind: DocumentKind, namesOf: NamesOf): PlacedChange {
  const placed = ({ witness, ...identity }: Identity): PlacedIdentity => {
    const { request: _, ...shown } = witness ?? { request: null };
    return {
      ...identity,
      names: identity.kind === "subject" ? namesOf(identity.subject) : [],
      witness: witness === null ? null : (shown as Omit<Witness, "request">),
      explain: explainCommand(witness, { file, kind, role: change.name ?? change.role }),
    };
  };
  return { ...change, file, gained: change.gained.map(placed), lost: change.lost.map(placed) };
}

/** What `lint` answers; with `--json` this document as it is. */
export interface LintReport {
  readonly files: readonly {
    readonly file: string;
    readonly kind: string;
    readonly roles: number;
    readonly leftAside: number;
    readonly unknownPolicies: readonly string[];
  }[];
  /** Errors, warnings and notes that are not suppressed. */
  readonly findings: readonly PlacedFinding[];
  /** Those suppressed by a written reason. */
  readonly ignored: readonly PlacedFinding[];
  /** Whether there was anything to compare with: what `before` gave, or a plan's own before. */
  readonly compared: boolean;
  /** Roles whose identities change; empty where there is nothing to compare with. */
  readonly changes: readonly PlacedChange[];
  readonly errors: number;
  readonly warnings: number;
  readonly notes: number;
  /** Whether an identity gets in that did not before, or from where it did not. */
  readonly widened: boolean;
}

export interface LintOptions {
  /** What to compare with instead of a plan's own before. */
  readonly before?: LintDocument | undefined;
  /** ARNs of providers that exist already. */
  readonly givenProviders?: readonly string[] | undefined;
}

const noNames: NamesOf = () => [];

/** Checks every document. Findings in the order of documents and rules. */
export function lintDocuments(documents: readonly NamedDocument[], options: LintOptions = {}): LintReport {
  const all = documents.flatMap(({ file, document }) =>
    mergedFindings(document.targets.map(({ target }) => withGiven(target, options.givenProviders ?? []))).map(
      (finding): PlacedFinding => {
        const place = document.locate?.(finding.path);
        return {
          ...namedFinding(finding, document.namesOf ?? noNames),
          file,
          line: place?.line ?? null,
          column: place?.column ?? null,
        };
      },
    ),
  );
  const findings = all.filter(({ ignored }) => ignored === null);
  const changes = documents.flatMap(({ file, document }) =>
    changesOf(document, options.before).map((change) =>
      placedChange(change, file, document.kind, (subject) => {
        const own = document.namesOf?.(subject) ?? [];
        return own.length > 0 ? own : (options.before?.namesOf?.(subject) ?? []);
      }),
    ),
  );
  const count = (severity: Finding["severity"]): number =>
    findings.filter((finding) => finding.severity === severity).length;
  return {
    files: documents.map(({ file, document }) => ({
      file,
      kind: document.kind,
      roles: document.targets.reduce((sum, { target }) => sum + target.roles.length, 0),
      leftAside: document.leftAside,
      unknownPolicies: document.unknownPolicies,
    })),
    findings,
    ignored: all.filter(({ ignored }) => ignored !== null),
    compared:
      options.before !== undefined ||
      documents.some(({ document }) => document.targets.some(({ before }) => before !== null)),
    changes,
    errors: count("error"),
    warnings: count("warning"),
    notes: count("note"),
    widened: changes.some(({ gained }) => gained.length > 0),
  };
}

/** The exit code of a report: 1 for an error, for more than `maxWarnings`, and with `failOnWidening` for any gain. */
export function lintExitCode(
  report: LintReport,
  limits: { readonly maxWarnings?: number | undefined; readonly failOnWidening?: boolean | undefined },
): 0 | 1 {
  if (report.errors > 0 || report.warnings > (limits.maxWarnings ?? Infinity)) return 1;
  return limits.failOnWidening === true && report.widened ? 1 : 0;
}

function withGiven(target: LintTarget, given: readonly string[]): LintTarget {
  return given.length === 0 ? target : { ...target, givenProviderArns: [...target.givenProviderArns, ...given] };
}

/**
 * Targets are the same by their account's key; where the documents name other keys, all of one is compared with all of
 * the other, and roles are paired by name.
 */
function changesOf(document: LintDocument, before: LintDocument | undefined): readonly RoleChange[] {
  if (before === undefined)
    return document.targets.flatMap(({ target, before: own }) =>
      own === null ? [] : compareTargets(own, target, { onePlan: true }),
    );
  const names = new Set([...document.targets, ...before.targets].map(({ name }) => name));
  if (names.size > document.targets.length || names.size > before.targets.length) {
    const [old, now] = [mergedTarget(before), mergedTarget(document)];
    return compareTargets(sameLoneRole(old, now), now);
  }
  return document.targets.flatMap(({ name, target }) => {
    const old = before.targets.find((candidate) => candidate.name === name)?.target ?? withoutRoles(target);
    return compareTargets(sameLoneRole(old, target), target);
  });
}

function mergedTarget({ targets }: LintDocument): LintTarget {
  const all = targets.map(({ target }) => target);
  return {
    ...(all[0] ?? EMPTY_TARGET),
    providers: all.flatMap(({ providers }) => providers),
    roles: all.flatMap(({ roles }) => roles),
    aside: all.flatMap(({ aside = [] }) => aside),
    unread: all.flatMap(({ unread = [] }) => unread),
  };
}

function withoutRoles(target: LintTarget): LintTarget {
  return { ...target, roles: [], aside: [], unread: [] };
}

/** Two documents of one role each are of the same one, whatever their files are called. */
function sameLoneRole(before: LintTarget, after: LintTarget): LintTarget {
  const [old, ...others] = before.roles;
  const [role, ...more] = after.roles;
  if (
    old === undefined ||
    role === undefined ||
    others.length + more.length > 0 ||
    (old.name !== null && role.name !== null)
  )
    return before;
  return { ...before, roles: [{ ...old, name: role.name, path: role.path }] };
}
