/** The tab in which a federation file is edited, with the fields that its schema has at the cursor. */
import { version } from "../../package.json";
import type { Problem } from "../../src/errors";
import { counted } from "../../src/text/words";
import sampleFile from "../../federation.yaml";
import { fileOutputs } from "../model/file-outputs";
import { schemaFieldsAt, type SchemaField } from "../model/schema-fields";
import { type PlaceOf, problemList, section, warningList } from "./blocks";
import { button, byId, element } from "./dom";
import { federationBlocks } from "./federation-blocks";
import { inputId, type TabView } from "./tab";

export const federationTab: TabView = {
  name: "federation",
  title: "Edit a federation",
  about:
    "Edit a federation file: issuers, roles, and who may assume each. Problems are listed by line; once there are " +
    "none, the page shows everything that follows from the file.",
  fields: [
    {
      name: "file",
      label: "federation.yaml",
      kind: "lines",
      rows: 24,
      initial: sampleFile.replace(/^# yaml-language-server:.*\n/, ""),
    },
  ],
  result: async (value) => {
    const read = fileOutputs(value("file"), version);
    if (!read.ok)
      return {
        status: `✗ ${counted(read.problems.length, "problem")}`,
        kind: "no",
        blocks: [section("Problems", problemList(read.problems, placeInFile))],
      };
    return {
      status: `✓ The file reads: ${counted(read.outputs.roleCount, "role")}`,
      kind: "yes",
      blocks: [
        ...(read.warnings.length === 0 ? [] : [section("Notes", ...warningList(read.warnings))]),
        ...federationBlocks(read.outputs, true),
      ],
    };
  },
  extra: () => {
    const area = editor();
    const panel = element("section", { class: "schema", "aria-label": "Fields of the schema at the cursor" });
    const show = (): void => panel.replaceChildren(...schemaBlocks(area));
    for (const event of ["input", "keyup", "click", "focus"]) area.addEventListener(event, show);
    show();
    return panel;
  },
};

function editor(): HTMLTextAreaElement {
  return byId(inputId("federation", "file"), HTMLTextAreaElement);
}

function placeInFile({ line, column, path = "" }: Problem): ReturnType<PlaceOf> {
  if (line === undefined) return undefined;
  const at = `line ${line}${column === undefined ? "" : `, column ${column}`}`;
  return { name: path === "" ? at : `${at}: ${path}`, go: () => goTo(line, column ?? 1) };
}

/** Puts the cursor at a place of the file (both from 1). */
function goTo(line: number, column: number): void {
  const area = editor();
  const lines = area.value.split("\n");
  const start = lines.slice(0, line - 1).reduce((sum, text) => sum + text.length + 1, 0);
  area.focus();
  area.setSelectionRange(start + column - 1, start + column - 1);
  const lineHeight = Number.parseFloat(getComputedStyle(area).lineHeight);
  area.scrollTop = Math.max(0, (line - 5) * lineHeight);
}

function schemaBlocks(area: HTMLTextAreaElement): readonly HTMLElement[] {
  const { path, fields, ownKeys, indent } = schemaFieldsAt(area.value, area.selectionStart);
  const place = path.length === 0 ? "At the top of the file" : `In ${path.join(".").replaceAll(".[]", "[]")}`;
  return [
    element("h3", {}, place),
    fields.length > 0
      ? element("ul", { class: "fields" }, ...fields.map((field) => fieldItem(field, area, indent)))
      : element("p", { class: "muted" }, ownKeys ? "Keys are names that you choose." : "There are no fields here."),
  ];
}

function fieldItem(field: SchemaField, area: HTMLTextAreaElement, indent: number): HTMLElement {
  const { name, description, required } = field;
  return element(
    "li",
    {},
    button(name, () => insert(field, area, indent), { "aria-label": `Add ${name}` }),
    ` ${description}${required ? " Required." : ""}`,
  );
}

/** The field on a line of its own below the cursor. */
function insert({ name, sample }: SchemaField, area: HTMLTextAreaElement, indent: number): void {
  const { value, selectionStart } = area;
  const end = value.indexOf("\n", selectionStart);
  const at = end < 0 ? value.length : end;
  const start = value.lastIndexOf("\n", at - 1) + 1;
  const isEmpty = value.slice(start, at).trim() === "";
  const text = `${" ".repeat(indent)}${name}: ${sample}`;
  area.setRangeText(isEmpty ? text : `\n${text}`, isEmpty ? start : at, at, "end");
  area.focus();
  area.dispatchEvent(new Event("input", { bubbles: true }));
}
