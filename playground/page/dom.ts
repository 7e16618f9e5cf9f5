/** Makes elements. Text goes in as text nodes only: nothing that was pasted is ever read as HTML. */
import { showInvisible } from "../../src/text/escape";

export type Child = Node | string;

/** An element with attributes and children; invisible characters in text are shown as `\uXXXX`. */
export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Readonly<Record<string, string>> = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
  made.append(...children.map((child) => (typeof child === "string" ? showInvisible(child, "\t\n") : child)));
  return made;
}

/** A button that runs `press`. */
export function button(
  text: string,
  press: () => void,
  attributes: Readonly<Record<string, string>> = {},
): HTMLElement {
  const made = element("button", { type: "button", ...attributes }, text);
  made.addEventListener("click", press);
  return made;
}

/** The element of the page with this id, of this class. */
export function byId<Kind extends HTMLElement>(id: string, kind: new () => Kind): Kind {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new TypeError(`the page has no ${id}`);
  return found;
}
