/** What a tab is: its fields, and the result for their values. */
import type { Tab } from "../model/fragment";

export interface Field {
  readonly name: string;
  readonly label: string;
  /** Below the field. */
  readonly hint?: string;
  readonly kind: "line" | "lines" | "choice" | "check";
  readonly rows?: number;
  readonly choices?: readonly (readonly [value: string, label: string])[];
  /** Needed now and then: it is folded away until it holds something. */
  readonly isExtra?: boolean;
  /** What it holds when the page is opened without a link. */
  readonly initial: string;
}

export interface Result {
  /** The answer in a few words, read out when it changes. */
  readonly status: string;
  readonly kind: "yes" | "no" | "plain";
  readonly blocks: readonly HTMLElement[];
}

export interface TabView {
  readonly name: Tab;
  readonly title: string;
  readonly about: string;
  readonly fields: readonly Field[];
  /** What the fields that are folded away are about. */
  readonly extras?: string;
  /** The name of the field that a problem at `path` is in, where it is none of the fields' names. */
  readonly fieldAt?: (path: string) => string;
  /** Throws InputError for what a person mistyped. */
  readonly result: (values: (name: string) => string) => Promise<Result>;
  /** Makes what is shown below the fields; called once, when they are in the page. */
  readonly extra?: () => HTMLElement;
}

/** The id of a field's element. */
export function inputId(tab: Tab, field: string): string {
  return `${tab}-${field}`;
}
