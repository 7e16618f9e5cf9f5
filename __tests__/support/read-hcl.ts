import { parse } from "@cdktn/hcl2json";

/**
 * HCL through the real parser, as plain values: literals as the texts they stand for, and what stands in
 * `jsonencode(…)`
 * as `{ jsonencode: value }`. Other expressions stay as `${…}`.
 */
export async function readHcl(source: string): Promise<unknown> {
  return decode(await parse("main.tf", source));
}

async function decode(value: unknown): Promise<unknown> {
  if (typeof value === "string") return decodeText(value);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return Promise.all(value.map(decode));
  const entries = await Promise.all(
    Object.entries(value).map(async ([key, member]) => [literal(key), await decode(member)] as const),
  );
  return Object.fromEntries(entries);
}

async function decodeText(text: string): Promise<unknown> {
  const argument = /^\$\{jsonencode\((.*)\)\}$/s.exec(text)?.[1];
  if (argument === undefined) return /^\$\{(?!\{)[^"]*\}$/.test(text) && !text.startsWith("$${") ? text : literal(text);
  return { jsonencode: await readArgument(argument) };
}

/** Roots of one test repeat their policies a hundred times, and every call of the parser costs milliseconds. */
const read = new Map<string, Promise<unknown>>();

function readArgument(argument: string): Promise<unknown> {
  const known =
    read.get(argument) ??
    readHcl(`value = ${argument}\n`).then((document) => (document as { readonly value: unknown }).value);
  read.set(argument, known);
  return known;
}

/** The text of a template without interpolation. */
function literal(text: string): string {
  return text.replace(/\$\$\{/g, "${").replace(/%%\{/g, "%{");
}
