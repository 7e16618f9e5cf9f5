/** One difference between two releases of a module, and how far it moves the version. */

/** A step of semantic versioning. */
export type Step = "major" | "minor" | "patch";

export type ChangeKind =
  | "trust-wider"
  | "trust-unknown"
  | "trust-narrower"
  | "trust-rewritten"
  | "module-removed"
  | "module-added"
  | "variable-removed"
  | "variable-renamed"
  | "variable-required"
  | "variable-narrowed"
  | "variable-default"
  | "variable-added"
  | "variable-widened"
  | "variable-text"
  | "output-removed"
  | "output-added"
  | "output-narrowed"
  | "output-widened"
  | "output-text"
  | "requirement-raised"
  | "requirement-loosened"
  | "address-changed"
  | "address-moved"
  | "address-added"
  | "summary-text"
  | "hcl-changed";

export interface ReleaseChange {
  readonly module: string;
  readonly kind: ChangeKind;
  /** The least step a release with this change may take. */
  readonly step: Step;
  /** What changed: `var.roles`, `output.role_arns`, an address, a probe. Empty: the module. */
  readonly path: string;
  /** One sentence. */
  readonly says: string;
  /** Inputs of a trust policy, as HCL. */
  readonly given?: string;
  /** HCL that shows it; absent where there is nothing to show on that side. */
  readonly before?: string;
  readonly after?: string;
}

const ORDER: readonly Step[] = ["patch", "minor", "major"];

/** The largest step of `changes`; patch where there is none: a release is a step in itself. */
export function largestStep(changes: readonly Pick<ReleaseChange, "step">[]): Step {
  return ORDER[Math.max(0, ...changes.map(({ step }) => ORDER.indexOf(step)))] ?? "patch";
}

/** Whether a trust came out wider, or cannot be shown not to have. */
export function isWiderTrust({ kind }: Pick<ReleaseChange, "kind">): boolean {
  return kind === "trust-wider" || kind === "trust-unknown";
}
