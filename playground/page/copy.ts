/** Buttons that copy text. */
import { button } from "./dom";

const SHOWN_MS = 2_000;

/** A button that copies what `text` returns (null: it is too long) and says so; `of` names it for a screen reader. */
export function copyButton(label: string, of: string, text: () => string | null): HTMLElement {
  const made = button(
    label,
    () => {
      const copying = text();
      void (copying === null ? Promise.resolve(false) : copied(copying)).then((done) => {
        made.textContent = done ? "Copied" : copying === null ? "Too long to copy" : "Copying failed: select the text";
        setTimeout(() => (made.textContent = label), SHOWN_MS);
      });
    },
    { "aria-label": `${label} ${of}`, class: "copy" },
  );
  return made;
}

async function copied(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copiedBySelection(text);
  }
}

/** Where a browser lets a page from a file use no clipboard. */
function copiedBySelection(text: string): boolean {
  const before = document.activeElement;
  const area = document.createElement("textarea");
  area.value = text;
  document.body.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  if (before instanceof HTMLElement) before.focus();
  return done;
}
