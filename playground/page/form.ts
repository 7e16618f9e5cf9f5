/** The fields of a tab. Tokens are removed from what is entered in the same step, before it is drawn. */
import { cleanField } from "../model/fragment";
import { element } from "./dom";
import { type Field, inputId, type TabView } from "./tab";

type TextInput = HTMLInputElement | HTMLTextAreaElement;
type Input = TextInput | HTMLSelectElement;

/** Longer text is cut: the page decides while a person types. */
const MAX_TEXT_CHARACTERS = 400_000;
const CUT = "Cut after 400,000 characters: check longer files with the command line.";

export interface Form {
  readonly root: HTMLElement;
  readonly values: () => Readonly<Record<string, string>>;
  /** Puts values in; fields that are not among them get their initial one, or none where `values` has any. */
  readonly fill: (values: Readonly<Record<string, string>>) => void;
}

/** The form of `tab`; `changed` is called after each change. */
export function formOf(tab: TabView, changed: () => void): Form {
  const inputs = new Map<string, Input>();
  const rows = tab.fields.map((field) => {
    const id = inputId(tab.name, field.name);
    const input = inputOf(field, id);
    const note = element("p", { class: "removed", role: "status" });
    inputs.set(field.name, input);
    // before `changed`, which reads what is left
    if (isText(input)) keepClean(field.name, input, note, changed);
    input.addEventListener("input", changed);
    const label = element("label", { for: id }, field.label);
    const hint = field.hint === undefined ? [] : [element("p", { class: "hint", id: `${id}-hint` }, field.hint)];
    return element(
      "div",
      { class: field.kind === "check" ? "field check" : "field" },
      ...(field.kind === "check" ? [input, label] : [label, ...hint, input]),
      note,
    );
  });
  const isExtra = (index: number): boolean => tab.fields[index]?.isExtra === true;
  const extras = element(
    "details",
    {},
    element("summary", {}, tab.extras ?? ""),
    ...rows.filter((_, at) => isExtra(at)),
  );
  const root = element(
    "form",
    { autocomplete: "off" },
    ...rows.filter((_, at) => !isExtra(at)),
    ...(tab.extras === undefined ? [] : [extras]),
  );
  root.addEventListener("submit", (event) => event.preventDefault());
  return {
    root,
    values: () => Object.fromEntries([...inputs].map(([name, input]) => [name, valueOf(input)])),
    fill: (values) => {
      const isLink = Object.keys(values).length > 0;
      for (const { name, initial } of tab.fields) {
        const input = inputs.get(name);
        const value = Object.hasOwn(values, name) ? values[name] : undefined;
        if (input !== undefined) put(input, value ?? (isLink ? "" : initial));
      }
      extras.open = tab.fields.some(({ name, isExtra: extra }) => extra === true && valueOf(inputs.get(name)) !== "");
    },
  };
}

function inputOf(field: Field, id: string): Input {
  const described: Readonly<Record<string, string>> =
    field.hint === undefined ? {} : { "aria-describedby": `${id}-hint` };
  const shared = { id, name: field.name, ...described };
  const plain = { spellcheck: "false", autocomplete: "off", autocapitalize: "off" };
  switch (field.kind) {
    case "lines":
      return element("textarea", { ...shared, ...plain, rows: String(field.rows ?? 4), wrap: "off" });
    case "choice":
      return element(
        "select",
        shared,
        ...(field.choices ?? []).map(([value, label]) => element("option", { value }, label)),
      );
    case "check":
      return element("input", { ...shared, type: "checkbox", value: "yes" });
    case "line":
      return element("input", { ...shared, ...plain, type: "text" });
  }
}

function isCheckbox(input: Input): input is HTMLInputElement {
  return input instanceof HTMLInputElement && input.type === "checkbox";
}

function isText(input: Input): input is TextInput {
  return !(input instanceof HTMLSelectElement) && !isCheckbox(input);
}

function valueOf(input: Input | undefined): string {
  if (input === undefined) return "";
  if (isCheckbox(input)) return input.checked ? "yes" : "";
  return input.value;
}

function put(input: Input, value: string): void {
  if (isCheckbox(input)) input.checked = value === input.value;
  else input.value = value;
  // a link may name a choice that there is not
  if (input instanceof HTMLSelectElement && input.selectedIndex < 0) input.selectedIndex = 0;
}

/** Removes tokens from the input, and says what was removed; empty where nothing was. */
function cleaned(name: string, input: TextInput): string {
  const was = input.value.length;
  const { text, removed } = cleanField(name, input.value.slice(0, MAX_TEXT_CHARACTERS));
  if (text !== input.value) input.value = text;
  return [removed, was > MAX_TEXT_CHARACTERS ? CUT : null].filter((note) => note !== null).join(" ");
}

/**
 * Removes tokens from text that is typed, and from text that is pasted or dropped before it is in the field, so that
 * undoing brings no token back.
 */
function keepClean(name: string, input: TextInput, note: HTMLElement, changed: () => void): void {
  input.addEventListener("input", () => (note.textContent = cleaned(name, input)));
  const take = (event: Event, pasted: string | undefined): void => {
    const { text, removed } = cleanField(name, (pasted ?? "").slice(0, MAX_TEXT_CHARACTERS));
    if (removed === null) return;
    event.preventDefault();
    // claims take the place of what was there: two in one field are none
    if (name === "claims") input.value = text;
    else input.setRangeText(text, input.selectionStart ?? 0, input.selectionEnd ?? 0, "end");
    note.textContent = removed;
    changed();
  };
  input.addEventListener("paste", (event) => take(event, (event as ClipboardEvent).clipboardData?.getData("text")));
  input.addEventListener("drop", (event) => take(event, (event as DragEvent).dataTransfer?.getData("text")));
}
