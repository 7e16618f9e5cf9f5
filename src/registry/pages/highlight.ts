/** HCL as HTML with its strings, comments, numbers and words of the language marked. */
import { htmlText } from "../../text/escape";

/** Comments, strings, words and numbers; each alternative begins with another character, so none is tried twice. */
const TOKENS = /(#[^\n]*|\/\/[^\n]*)|("(?:[^"\\\n]|\\.)*"?)|([A-Za-z_][\w-]*)|(\d[\d.]*)/g;

const WORDS: ReadonlySet<string> = new Set([
  ...["module", "resource", "data", "variable", "output", "locals", "provider", "terraform", "moved", "import", "run"],
  ...["for", "in", "if", "true", "false", "null", "string", "number", "bool", "any", "list", "set", "map", "object"],
  ...["optional", "each", "var", "local", "condition", "precondition", "validation", "lifecycle", "dynamic", "content"],
]);

/** What makes a word the name of an attribute, such as `variable` of a condition. */
const ASSIGNED = /[ \t]*=(?!=)/y;

/** `text` as markup, whatever is in it: what is no HCL has fewer colors. */
export function hclHtml(text: string): string {
  let markup = "";
  let end = 0;
  for (const match of text.matchAll(TOKENS)) {
    const [token, comment, string, word] = match;
    markup += htmlText(text.slice(end, match.index));
    end = match.index + token.length;
    const kind = comment !== undefined ? "c" : string !== undefined ? "s" : word === undefined ? "n" : "w";
    ASSIGNED.lastIndex = end;
    const plain = kind === "w" && (!WORDS.has(token) || ASSIGNED.test(text));
    markup += plain ? htmlText(token) : `<span class="${kind}">${htmlText(token)}</span>`;
  }
  return markup + htmlText(text.slice(end));
}

/** A block of code, in a box that scrolls; HCL has colors. */
export function codeBlock(text: string, language: "hcl" | "text" = "text"): string {
  const code = language === "hcl" ? hclHtml(text) : htmlText(text);
  return `<div class="code"><pre tabindex="0"><code>${code}</code></pre></div>\n`;
}
