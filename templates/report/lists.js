/* The lists of identities and roles, a part at a time, and beneath a selected identity all that it reaches. */
const LISTED = 25;
const DETAILED = 5;
let listed = { rows: LISTED, cards: LISTED };

const moreRows = make("button", { type: "button", class: "more-button", id: "more-identities" });
const moreCards = make("button", { type: "button", class: "more-button", id: "more-roles" });
$("identity-table").after(moreRows);
document.querySelector("#roles .cards").after(moreCards);

/* many cards change when they are about to be seen, as the matrix does; the tab key comes near them before */
const MANY = 100;
let staleRoles = null, areCardsNear = true;
const cardsSeen = new IntersectionObserver((entries) => {
  areCardsNear = entries[entries.length - 1].isIntersecting;
  if (areCardsNear) showCards();
}, { rootMargin: "400px" });
cardsSeen.observe($("roles"));

/* `identities` and `roles`: the indexes that a filter leaves */
function showLists(identities, roles) {
  let shown = 0, leftRows = 0;
  for (const { body, rows: members } of groups) {
    let own = 0;
    for (const row of members) {
      const fits = identities.has(row.index), isShown = fits && shown < listed.rows;
      if (isShown) { shown += 1; own += 1; } else if (fits) leftRows += 1;
      hide(row, !isShown);
    }
    hide(body, own === 0);
  }
  offer(moreRows, leftRows, "identity", "identities");
  staleRoles = roles;
  if (areCardsNear || cards.length <= MANY) showCards();
}

function showCards() {
  if (staleRoles === null) return;
  const roles = staleRoles;
  staleRoles = null;
  let shown = 0;
  cards.forEach((card, role) => {
    const isShown = roles.has(role) && shown < listed.cards;
    if (isShown) shown += 1;
    hide(card, !isShown);
  });
  offer(moreCards, roles.size - shown, "role", "roles");
}

function offer(button, left, one, many) {
  hide(button, left === 0);
  if (left > 0) button.textContent = "Show " + counted(Math.min(left, LISTED), one, many) + " more of " + left;
}

let detail = null;

/* beneath the row: each role that the identity reaches, by which statement, and what that role may do */
function showDetail(identity) {
  if (detail !== null) detail.remove();
  for (const link of all("#identity-table th a[aria-current]")) link.removeAttribute("aria-current");
  detail = null;
  if (identity === null) return;
  const roles = new Map();
  for (const pair of reachesOf[identity]) roles.set(pair[1], [...(roles.get(pair[1]) ?? []), pair]);
  const entries = [...roles].map(([role, ways]) => () => reachOf(role, ways));
  const list = make("ul", { class: "reached" }, ...entries.slice(0, DETAILED).map((entry) => entry()));
  const cell = make("td", { colspan: "2" }, list);
  if (entries.length > DETAILED) {
    const left = counted(entries.length - DETAILED, "role", "roles");
    const rest = make("button", { type: "button" }, "Show " + left + " more");
    rest.addEventListener("click", () => {
      list.append(...entries.slice(DETAILED).map((entry) => entry()));
      list.children[DETAILED].querySelector("a").focus();
      rest.remove();
    });
    cell.append(rest);
  }
  detail = make("tr", { class: "detail" }, cell);
  rows[identity].after(detail);
  rows[identity].querySelector("th a").setAttribute("aria-current", "true");
}

function reachOf(role, ways) {
  const seen = seenOf(ways[0][0], role);
  const through = ways.map((pair, at) => [at === 0 ? "" : "; ",
    make("a", { href: "#r" + role + "s" + pair[2] }, "Statement " + pair[2]),
    pair[3] ? ", under further conditions" : ""]);
  return make("li", {},
    make("p", {}, make("a", { href: "#r" + role }, nameOfRole(role)), " ",
      make("span", { class: "muted" }, "(", ...through.flat(), ")"),
      ...(seen === "" ? [] : [", " + seen])),
    cards[role].querySelector(".what").cloneNode(true));
}
