import { parse } from "@cdktn/hcl2json";

/**
 * HCL through the real parser, as plain values: literals as the texts they stand for, and what stands in `jsonencode(…)`
 * as `{ jsonencode: value }`. Other expressions stay as `${…}`.
 */
export async function readHcl(source: string): Promise<unknown> {
  return decode(await parse("main.tf", source));
}

async function decode(value: unknown): Promise<unknown> {
  if (typeof value === "string") return decodeText(value);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return Promise.all(value.map(decode));
  const entries = await Promise.all(Object.entries(value).map(async ([key, member]) => [literal(key), await decode(member)] as const));
  return Object.fromEntries(entries);
}

async function decodeText(text: string): Promise<unknown> {
  const argument = /^\$\{jsonencode\((.*)\)\}$/s.exec(text)?.[1];
  if (argument === undefined) return /^\$\{(?!\{)[^"]*\}$/.test(text) && !text.startsWith("$${") ? text : literal(text);
  const { value } = (await readHcl(`value = ${argument}\n`)) as { readonly value: unknown };
  return { jsonencode: value };
}

/** The text of a template without interpolation. */
function literal(text: string): string {
  return text.replace(/\$\$\{/g, "${").replace(/%%\{/g, "%{");
}
