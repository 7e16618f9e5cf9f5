/** Text of others on its way into a page. Nothing reaches HTML without passing here. Pure. */

const NAMED: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
  "`": "&#96;",
};

/** What a reader cannot see, or what turns the direction of text round: shown as `\\u202e`. New lines and tabs stay. */
const UNSEEN =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** `text` with whatever hides in it made visible. */
export function seen(text: string): string {
  return text.replace(UNSEEN, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** For attribute values in quotes, and good for text too. */
export function html(text: string): string {
  return seen(text).replace(/[&<>"'`]/g, (character) => NAMED[character] ?? "");
}

/** For text between tags, where quotes need no escape: policies are full of them. */
export function htmlText(text: string): string {
  return seen(text).replace(/[&<>]/g, (character) => NAMED[character] ?? "");
}
