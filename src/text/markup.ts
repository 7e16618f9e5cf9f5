/** HTML made of elements: attributes are escaped here, text between tags by `html` and `htmlText`. Pure. */
import { html } from "./escape";

/** `true` writes an attribute without a value; `false` leaves it out. */
export type Attributes = Readonly<Record<string, string | number | boolean>>;

/** One element around `inside`, which is markup. */
export function element(name: string, attributes: Attributes, ...inside: readonly string[]): string {
  let start = `<${name}`;
  for (const [key, value] of Object.entries(attributes)) {
    if (value === true) start += ` ${key}`;
    else if (value !== false) start += ` ${key}="${typeof value === "number" ? value : html(value)}"`;
  }
  return `${start}>${inside.join("")}</${name}>`;
}

/** A link to another place of the page, or to another page, whose words are `text`. */
export function link(href: string, text: string, more: Attributes = {}): string {
  return element("a", { href, ...more }, html(text));
}

/** Each of `codes` as code, with a space between. */
export function code(...codes: readonly string[]): string {
  return codes.map((text) => `<code>${html(text)}</code>`).join(" ");
}

/** Terms and what they mean, as `dl`: pairs of markup. */
export function definitions(name: string, pairs: readonly (readonly [term: string, meaning: string])[]): string {
  return element(
    "dl",
    { class: name },
    ...pairs.map(([term, meaning]) => `<div><dt>${term}</dt><dd>${meaning}</dd></div>`),
  );
}

/** A table in a box of its own, which scrolls where the page is narrow. `heads` and `rows` are markup. */
export function scrollingTable(
  label: string,
  heads: readonly string[],
  rows: readonly string[],
  attributes: Attributes = {},
): string {
  const head = heads.map((text) => `<th scope="col">${text}</th>`).join("");
  return element(
    "div",
    { class: "scroll", role: "group", tabindex: 0, "aria-label": label },
    element("table", attributes, `<thead><tr>${head}</tr></thead><tbody>${rows.join("\n")}</tbody>`),
  );
}
