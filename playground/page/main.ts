/** The page: four tabs, each with fields and what follows from them. */
import "./jitless";
import { InputError } from "../../src/errors";
import { fragmentOf, type PageState, readFragment, type Tab } from "../model/fragment";
import { problemList, section } from "./blocks";
import { copyButton } from "./copy";
import { decideTab } from "./decide-tab";
import { byId, element } from "./dom";
import { federationTab } from "./federation-tab";
import { fieldPlaces } from "./field-places";
import { type Form, formOf } from "./form";
import { issuerTab } from "./issuer-tab";
import type { Result, TabView } from "./tab";
import { whoTab } from "./who-tab";

const VIEWS: readonly TabView[] = [issuerTab, decideTab, whoTab, federationTab];
/** How long a person may pause between two keys before the results are made. */
const PAUSE_MS = 150;

interface Panel {
  readonly view: TabView;
  readonly button: HTMLElement;
  readonly root: HTMLElement;
  readonly form: Form;
  readonly refresh: () => void;
}

const panels = VIEWS.map(panelOf);
let current: Tab = "issuer";

const list = byId("tabs", HTMLElement);
list.append(...panels.map(({ button }) => button));
byId("panels", HTMLElement).append(...panels.map(({ root }) => root));
for (const { view, root, form } of panels) {
  form.fill({});
  const extra = view.extra?.();
  if (extra !== undefined) root.querySelector(".inputs")?.append(extra);
}
list.addEventListener("keydown", moveByKey);
addEventListener("hashchange", () => openFragment());
openFragment();

function panelOf(view: TabView): Panel {
  const button = element(
    "button",
    { type: "button", role: "tab", id: `tab-${view.name}`, "aria-controls": `panel-${view.name}` },
    view.title,
  );
  const status = element("p", { class: "status", role: "status" });
  const results = element("div", { class: "results" });
  let pause: ReturnType<typeof setTimeout> | undefined;
  let turn = 0;
  const refresh = (): void => {
    clearTimeout(pause);
    const own = (turn += 1);
    void resultOf(view, form).then(({ status: text, kind, blocks }) => {
      if (own !== turn) return;
      status.className = `status ${kind}`;
      if (status.textContent !== text) status.textContent = text;
      results.replaceChildren(...blocks);
    });
  };
  const form = formOf(view, () => {
    clearTimeout(pause);
    pause = setTimeout(refresh, PAUSE_MS);
  });
  const link = copyButton("Copy link", "to this page with these inputs", () =>
    linkTo({ tab: view.name, fields: form.values() }),
  );
  const root = element(
    "section",
    { role: "tabpanel", id: `panel-${view.name}`, "aria-labelledby": `tab-${view.name}`, class: "panel" },
    element("h2", {}, view.title),
    element("p", { class: "about" }, view.about),
    element(
      "div",
      { class: "columns" },
      element("div", { class: "inputs" }, form.root, link),
      element("div", {}, status, results),
    ),
  );
  button.addEventListener("click", () => {
    // the back button leads to the tab before
    if (current !== view.name) history.pushState(null, "", `#${view.name}`);
    show(view.name);
  });
  return { view, button, root, form, refresh };
}

async function resultOf(view: TabView, form: Form): Promise<Result> {
  const values = form.values();
  try {
    return await view.result((name) => values[name] ?? "");
  } catch (error) {
    if (error instanceof InputError)
      return {
        status: "✗ Something is missing or wrong",
        kind: "no",
        blocks: [section("Problems", problemList(error.problems, fieldPlaces(view)))],
      };
    return {
      status: "✗ This input could not be handled",
      kind: "no",
      blocks: [element("p", {}, error instanceof Error ? error.message : "unknown error")],
    };
  }
}

function show(tab: Tab): void {
  current = tab;
  for (const { view, button, root, refresh } of panels) {
    const isCurrent = view.name === tab;
    button.setAttribute("aria-selected", String(isCurrent));
    button.tabIndex = isCurrent ? 0 : -1;
    root.hidden = !isCurrent;
    if (isCurrent) refresh();
  }
}

/** The arrow keys move between tabs, Home and End to the first and last (WAI-ARIA, tabs). */
function moveByKey(event: KeyboardEvent): void {
  const at = VIEWS.findIndex(({ name }) => name === current);
  const to = { ArrowRight: at + 1, ArrowLeft: at - 1 + VIEWS.length, Home: 0, End: VIEWS.length - 1 }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  panels[to % VIEWS.length]?.button.click();
  panels[to % VIEWS.length]?.button.focus();
}

function openFragment(): void {
  const state = readFragment(location.hash);
  if (state === undefined) return show(location.hash === "" ? "issuer" : current);
  if (Object.keys(state.fields).length > 0) {
    panels.find(({ view }) => view.name === state.tab)?.form.fill(state.fields);
    // a token in a link is out of the address, too
    history.replaceState(null, "", `#${fragmentOf(state) ?? state.tab}`);
  }
  show(state.tab);
}

/** The address of what is shown; null where it would be too long. */
function linkTo(state: PageState): string | null {
  const fragment = fragmentOf(state);
  if (fragment === null) return null;
  history.replaceState(null, "", `#${fragment}`);
  return location.href;
}
