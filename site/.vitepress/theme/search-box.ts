/**
 * The search box of VitePress calls itself a button and its results options, with links inside, which a screen reader
 * cannot reach. Here it is what it looks like: a dialog with a list of links.
 */
const WRONG: Readonly<Record<string, readonly string[]>> = {
  ".VPLocalSearchBox": ["aria-expanded", "aria-haspopup", "aria-labelledby", "aria-owns"],
  ".VPLocalSearchBox .results": ["role", "aria-labelledby"],
  ".VPLocalSearchBox .results li": ["role", "aria-selected"],
  ".VPLocalSearchBox .result": ["aria-label"],
};

function correct(): void {
  const box = document.querySelector(".VPLocalSearchBox");
  if (box === null) return;
  if (box.getAttribute("role") !== "dialog") {
    box.setAttribute("role", "dialog");
    box.setAttribute("aria-modal", "true");
    box.setAttribute("aria-label", "Search");
  }
  // a name needs a role that may have one
  for (const key of box.querySelectorAll("kbd[aria-label]:not([role])")) key.setAttribute("role", "img");
  for (const [selector, attributes] of Object.entries(WRONG))
    for (const element of document.querySelectorAll(selector))
      for (const attribute of attributes) element.removeAttribute(attribute);
}

/** Corrects the search box whenever it is opened and shows other results. */
export function correctSearchBox(): void {
  new MutationObserver(correct).observe(document.body, {
    attributeFilter: ["aria-selected", "role"],
    attributes: true,
    childList: true,
    subtree: true,
  });
}
