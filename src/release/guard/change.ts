/** One difference between two releases of a module, and how far it moves the version. */

/** A step of semantic versioning. */
export type Step = "major" | "minor" | "patch";

/** The least step that a release with a change of each kind may take. */
const STEPS = {
  "trust-wider": "major",
  "trust-unknown": "major",
  "trust-narrower": "major",
  "trust-rewritten": "minor",
  "module-removed": "major",
  "module-added": "minor",
  "variable-removed": "major",
  "variable-renamed": "major",
  "variable-required": "major",
  "variable-narrowed": "major",
  "variable-default": "major",
  "variable-added": "minor",
  "variable-widened": "minor",
  "variable-text": "patch",
  "output-removed": "major",
  "output-added": "minor",
  "output-narrowed": "major",
  "output-widened": "minor",
  "output-text": "patch",
  "requirement-raised": "major",
  "requirement-loosened": "minor",
  "address-changed": "major",
  "address-moved": "minor",
  "address-added": "minor",
  "summary-text": "patch",
  "hcl-changed": "patch",
} as const satisfies Readonly<Record<string, Step>>;

export type ChangeKind = keyof typeof STEPS;

/** HCL that shows a change; absent where there is nothing to show on that side. */
export interface ShownChange {
  /** Inputs of a trust policy. */
  readonly given?: string;
  readonly before?: string;
  readonly after?: string;
}

/** A change within one module. */
export interface Change extends ShownChange {
  readonly kind: ChangeKind;
  /** The least step a release with this change may take. */
  readonly step: Step;
  /** What changed: `var.roles`, `output.role_arns`, an address, a probe. Empty: the module. */
  readonly path: string;
  /** One sentence. */
  readonly message: string;
}

export interface ReleaseChange extends Change {
  readonly module: string;
}

export function changeOf(kind: ChangeKind, path: string, message: string, shown: ShownChange = {}): Change {
  return { kind, step: STEPS[kind], path, message, ...shown };
}

/** `{ before: show(before), after: show(after) }`, without the sides that are undefined. */
export function sides<T>(before: T | undefined, after: T | undefined, show: (side: T) => string): ShownChange {
  return {
    ...(before === undefined ? {} : { before: show(before) }),
    ...(after === undefined ? {} : { after: show(after) }),
  };
}

const ORDER: readonly Step[] = ["patch", "minor", "major"];

/** The largest step of `changes`; patch where there is none: a release is a step in itself. */
export function largestStep(changes: readonly Pick<ReleaseChange, "step">[]): Step {
  return ORDER[Math.max(0, ...changes.map(({ step }) => ORDER.indexOf(step)))] ?? "patch";
}

/** Whether a trust became wider, or cannot be shown not to have. */
export function isWiderTrust({ kind }: Pick<ReleaseChange, "kind">): boolean {
  return kind === "trust-wider" || kind === "trust-unknown";
}
