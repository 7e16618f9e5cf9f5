/** Which fields the schema of the federation file has where the cursor is. Pure. */
import { federationJsonSchema } from "../../src/federation/json-schema";
import { isRecord, type Members } from "../../src/text/members";

export interface SchemaField {
  readonly name: string;
  readonly description: string;
  readonly required: boolean;
  /** What a value looks like, as YAML; empty where it is a block. */
  readonly sample: string;
}

export interface SchemaPlace {
  /** Keys from the top, e.g. `["roles", "lake-reader", "trusts", "[]"]`. */
  readonly path: readonly string[];
  readonly fields: readonly SchemaField[];
  /** Where the keys are a person's own (roles, issuers): nothing is listed. */
  readonly ownKeys: boolean;
  /** How far the fields are indented. */
  readonly indent: number;
}

let schema: Members | undefined;

/** The fields of the block that the cursor, at `offset` in a file with blocks by indentation, is in. */
export function schemaFieldsAt(text: string, offset: number): SchemaPlace {
  const { path, indent } = blockAt(text, offset);
  schema ??= federationJsonSchema();
  const places = path.reduce<readonly Members[]>((found, key) => found.flatMap((one) => memberOf(one, key)), [schema]);
  const fields = new Map<string, SchemaField>();
  for (const place of places.flatMap(alternatives)) {
    const required = Array.isArray(place["required"]) ? place["required"] : [];
    for (const [name, field] of Object.entries(recordOf(place["properties"])))
      fields.set(name, fields.get(name) ?? fieldOf(name, recordOf(field), required.includes(name)));
  }
  const ownKeys = fields.size === 0 && places.some((place) => isRecord(place["additionalProperties"]));
  return { path, fields: [...fields.values()], ownKeys, indent };
}

/** The keys above a line by indentation; a line that only opens a block is in that block. */
function blockAt(text: string, offset: number): { readonly path: readonly string[]; readonly indent: number } {
  const end = text.indexOf("\n", offset);
  const lines = text.slice(0, end < 0 ? text.length : end).split("\n");
  const open: { readonly indent: number; readonly key: string }[] = [];
  let indent = 0;
  for (const [at, line] of lines.entries()) {
    const isCursor = at === lines.length - 1;
    const content = line.trimStart();
    if (content === "" || content.startsWith("#")) {
      if (isCursor) closeTo(open, (indent = line.length - content.length));
      continue;
    }
    let start = line.length - content.length;
    let rest = content;
    // a list may stand below its key without being indented
    const isItem = rest.startsWith("- ") || rest === "-";
    closeTo(open, isItem ? start + 1 : start);
    if (isItem && open.at(-1)?.key === "[]" && open.at(-1)?.indent === start) open.pop();
    while (rest.startsWith("- ") || rest === "-") {
      open.push({ indent: start, key: "[]" });
      const inner = rest.slice(1).trimStart();
      start += rest.length - inner.length;
      rest = inner;
    }
    indent = start;
    const colon = rest.indexOf(":");
    if (colon <= 0) continue;
    const value = rest.slice(colon + 1).trim();
    if (value !== "" && !value.startsWith("#")) continue;
    const key = rest.slice(0, colon).replace(/^["']|["']$/g, "");
    open.push({ indent: start, key });
    indent = start + 2;
  }
  return { path: open.map(({ key }) => key), indent };
}

function closeTo(open: { readonly indent: number }[], indent: number): void {
  while ((open.at(-1)?.indent ?? -1) >= indent) open.pop();
}

function memberOf(place: Members, key: string): readonly Members[] {
  return alternatives(place).flatMap((one) => {
    const properties = recordOf(one["properties"]);
    const member =
      key === "[]" ? one["items"] : Object.hasOwn(properties, key) ? properties[key] : one["additionalProperties"];
    return isRecord(member) ? [member] : [];
  });
}

/** What a schema may be; of an `anyOf` each. */
function alternatives(place: Members): readonly Members[] {
  const several = place["anyOf"] ?? place["oneOf"];
  return Array.isArray(several) ? several.filter(isRecord).flatMap(alternatives) : [place];
}

function fieldOf(name: string, field: Members, required: boolean): SchemaField {
  const [example] = Array.isArray(field["examples"]) ? field["examples"] : [field["const"]];
  const isText = field["type"] === "string" && typeof example === "string";
  return {
    name,
    required,
    description: String(field["description"] ?? recordOf(alternatives(field)[0])["description"] ?? ""),
    // digits alone would be read as a number
    sample: isText ? (/^[A-Za-z]/.test(example) ? example : JSON.stringify(example)) : "",
  };
}

function recordOf(value: unknown): Members {
  return isRecord(value) ? value : {};
}
