/** Parts of results that several tabs show: facts, code, problems, findings, callers. */
import type { Problem, Warning } from "../../src/errors";
import { othersText, type RoleCallers } from "../../src/explain/who-gets-in";
import type { FileSet } from "../../src/files/generated-file";
import type { Finding } from "../../src/lint/run-rules";
import { counted } from "../../src/text/words";
import { copyButton } from "./copy";
import { button, type Child, element } from "./dom";

export function section(title: string, ...children: readonly Child[]): HTMLElement {
  return element("section", { class: "block" }, element("h3", {}, title), ...children);
}

/** Name and value of each fact, each value with a button that copies it. */
export function facts(rows: readonly (readonly [name: string, value: string | null])[]): HTMLElement {
  return element(
    "dl",
    { class: "facts" },
    ...rows.map(([name, value]) =>
      element(
        "div",
        {},
        element("dt", {}, name),
        value === null
          ? element("dd", { class: "muted" }, "unknown")
          : element(
              "dd",
              {},
              element("code", {}, value),
              copyButton("Copy", name, () => value),
            ),
      ),
    ),
  );
}

/** Text to copy, under its name. */
export function code(name: string, text: string): HTMLElement {
  return element(
    "figure",
    { class: "code" },
    element(
      "figcaption",
      {},
      element("span", {}, name),
      copyButton("Copy", name, () => text),
    ),
    element("pre", { tabindex: "0", "aria-label": name, role: "region" }, element("code", {}, text)),
  );
}

export function files(set: FileSet, of: string): readonly HTMLElement[] {
  return [...set].map(([name, text]) => code(`${name} (${of})`, text));
}

/** A list that is open, or folded away under its summary. */
export function folded(summary: string, open: boolean, ...children: readonly Child[]): HTMLElement {
  return element("details", open ? { open: "" } : {}, element("summary", {}, summary), ...children);
}

/** Moves to the place of a problem, and what that place is called; undefined where there is none to go to. */
export type PlaceOf = (problem: Problem) => { readonly name: string; readonly go: () => void } | undefined;

/** What is wrong with what was typed. */
export function problemList(problems: readonly Problem[], placeOf: PlaceOf): HTMLElement {
  return element(
    "ul",
    { class: "list" },
    ...problems.map((problem) => {
      const { path = "", message, fix, code: id } = problem;
      const place = placeOf(problem);
      const where =
        place === undefined
          ? element("span", { class: "where" }, path)
          : button(place.name, place.go, { class: "where" });
      return element(
        "li",
        { class: "error" },
        ...(where.textContent === "" ? [] : [where, " "]),
        message,
        " ",
        element("span", { class: "fix" }, fix),
        " ",
        element("code", { class: "id" }, id),
      );
    }),
  );
}

export function warningList(warnings: readonly Pick<Warning, "code" | "message">[]): readonly HTMLElement[] {
  if (warnings.length === 0) return [];
  return [
    element(
      "ul",
      { class: "list" },
      ...warnings.map(({ code: id, message }) =>
        element("li", { class: "note" }, message, " ", element("code", { class: "id" }, id)),
      ),
    ),
  ];
}

export function findingList(findings: readonly Finding[]): HTMLElement {
  const shown = findings.filter(({ ignored }) => ignored === null);
  const suppressed = findings.length - shown.length;
  return element(
    "div",
    {},
    shown.length === 0
      ? element("p", { class: "yes" }, "✓ lint finds nothing.")
      : element(
          "ul",
          { class: "list" },
          ...shown.map(({ severity, path, message, fix, rule }) =>
            element(
              "li",
              { class: severity },
              element("strong", {}, severity),
              " ",
              element("span", { class: "where" }, path),
              " ",
              message,
              " ",
              element("span", { class: "fix" }, fix),
              " ",
              element("code", { class: "id" }, rule),
            ),
          ),
        ),
    ...(suppressed === 0
      ? []
      : [element("p", { class: "muted" }, `${counted(suppressed, "finding")} suppressed with a reason.`)]),
  );
}

export function callerList(callers: RoleCallers): HTMLElement {
  return element(
    "ul",
    { class: "list callers" },
    ...callers.kinds.map(({ says, statement }) =>
      element("li", { class: "in" }, says, " ", element("span", { class: "muted" }, `(statement ${statement})`)),
    ),
    element("li", { class: "out" }, othersText(callers)),
  );
}
