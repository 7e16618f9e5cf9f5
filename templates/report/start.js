/* Search, filters and selection, and the fragment that holds them. */
const fields = { q: $("f-search"), issuer: $("f-issuer"), findings: $("f-findings") };
let shown = { pairs, identities: new Set(), roles: new Set() };
let selected = null;

/* a search fits an identity and all that it reaches, and a role and all who reach it */
function filtered() {
  const q = fields.q.value.trim().toLowerCase(), issuer = fields.issuer.value, findings = fields.findings.checked;
  const identityFits = rows.map((_, i) => issuer === "" || issuerOf[i] === +issuer);
  const identityHits = identityTexts.map((text, i) => identityFits[i] && text.includes(q));
  const found = { pairs: [], identities: new Set(), roles: new Set(), hitRoles: [], hitIdentities: [] };
  cards.forEach((card, role) => {
    if (findings && !card.hasAttribute("data-f")) return;
    const isHit = roleTexts[role].includes(q);
    const own = reachedBy[role].filter(([i]) => identityFits[i] && (isHit || identityHits[i]));
    if (own.length === 0 && !(isHit && issuer === "")) return;
    found.roles.add(role);
    if (isHit) found.hitRoles.push(role);
    for (const pair of own) { found.pairs.push(pair); found.identities.add(pair[0]); }
  });
  found.hitIdentities = [...found.identities].filter((i) => identityHits[i]);
  return { q, found };
}

/* the one identity or role that a search means, if it means one */
function meant(q, { hitRoles, hitIdentities }) {
  if (q === "") return null;
  const roles = hitRoles.filter((r) => nameOfRole(r).toLowerCase() === q);
  const identities = hitIdentities.filter((i) => whoOf(i).toLowerCase() === q);
  const one = (is, list) => (list.length === 1 ? { is, index: list[0] } : null);
  if (roles.length + identities.length > 0) return one("role", roles) ?? one("identity", identities);
  if (hitIdentities.length > 0 && hitRoles.length > 0) return null;
  return one("identity", hitIdentities) ?? one("role", hitRoles);
}

function select(next) {
  if (selected !== null && selected.is === "role") cards[selected.index].classList.remove("selected");
  selected = next;
  showDetail(next !== null && next.is === "identity" ? next.index : null);
  if (next !== null && next.is === "role") {
    cards[next.index].classList.add("selected");
    cards[next.index].open = true;
  }
}

function apply() {
  const { q, found } = filtered();
  shown = found;
  listed = { rows: LISTED, cards: LISTED };
  showLists(found.identities, found.roles);
  select(meant(q, found));
  for (const card of all("article.issuer"))
    hide(card, fields.issuer.value !== "" && card.id !== "u" + fields.issuer.value);
  drawGraph(found.pairs, selected);
  setMatrix(found.pairs, found.roles);
  $("f-count").textContent =
    counted(found.roles.size, "role", "roles") + ", " + counted(found.identities.size, "identity", "identities");
}

/* q, issuer (by its key) and findings: the address opens the same view */
function fragment() {
  const state = new URLSearchParams();
  if (fields.q.value !== "") state.set("q", fields.q.value);
  if (fields.issuer.value !== "") state.set("issuer", fields.issuer.selectedOptions[0].textContent);
  if (fields.findings.checked) state.set("findings", "yes");
  return state.toString();
}

function takeFragment() {
  const state = new URLSearchParams(location.hash.slice(1));
  fields.q.value = state.get("q") ?? "";
  const key = state.get("issuer");
  const option = [...fields.issuer.options].find(({ value, textContent }) => value !== "" && textContent === key);
  fields.issuer.value = option === undefined ? "" : option.value;
  fields.findings.checked = state.get("findings") === "yes";
  apply();
}

function clearFields() {
  fields.q.value = fields.issuer.value = "";
  fields.findings.checked = false;
}

let waiting = 0;
function soon() {
  clearTimeout(waiting);
  waiting = setTimeout(() => {
    apply();
    const state = fragment();
    history.replaceState(null, "", location.href.split("#")[0] + (state === "" ? "" : "#" + state));
  }, 80);
}
$("filter").addEventListener("input", soon);
$("filter").addEventListener("reset", soon);
$("filter").addEventListener("submit", (event) => { event.preventDefault(); soon(); });
moreRows.addEventListener("click", () => { listed.rows += LISTED; showLists(shown.identities, shown.roles); });
moreCards.addEventListener("click", () => { listed.cards += LISTED; showLists(shown.identities, shown.roles); });
$("csv").addEventListener("click", () => saveText("who-reaches-what.csv", "text/csv", csvOf(tableOf(shown.pairs))));
$("print").addEventListener("click", () => print());
$("copy").addEventListener("click", async () => {
  await copyText(tabsOf(tableOf(shown.pairs)));
  $("copy").textContent = "Copied";
  setTimeout(() => { $("copy").textContent = "Copy"; }, 1500);
});

/* a link selects what it leads to, opens the policy it stands in, and lands where it leads */
function reveal() {
  if (location.hash === "" || location.hash.includes("=")) return takeFragment();
  const target = $(location.hash.slice(1));
  if (target === null) return;
  const row = target.closest("#identity-table tr[id]"), card = target.closest("details.role");
  const isFiltered = row !== null && !shown.identities.has(row.index)
    || card !== null && !shown.roles.has(cards.indexOf(card)) || target.hidden && row === null && card === null;
  if (isFiltered) { clearFields(); apply(); }
  showCards();
  if (row !== null) { hide(row.group, false); hide(row, false); select({ is: "identity", index: row.index }); }
  if (card !== null) { hide(card, false); select({ is: "role", index: cards.indexOf(card) }); }
  if (row !== null || card !== null) drawGraph(shown.pairs, selected);
  for (let element = target; element !== null; element = element.parentElement)
    if (element.localName === "details") element.open = true;
  drawMatrix();
  target.scrollIntoView({ block: "start" });
}
addEventListener("hashchange", reveal);

/* links land below the bar, and heads of tables stay there */
let barHeight = null;
function measureBar() {
  const height = getComputedStyle($("bar")).position === "sticky" ? $("bar").offsetHeight : 0;
  if (height !== barHeight) document.documentElement.style.setProperty("--bar", height + "px");
  barHeight = height;
}

$("bar").hidden = false;
measureBar();
new ResizeObserver(measureBar).observe($("bar"));
takeFragment();
if (location.hash.length > 1 && !location.hash.includes("=")) reveal();
