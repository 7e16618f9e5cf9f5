/* What the page says already: rows, cards and who reaches what. Names are read from it, never from data. */
const $ = (id) => document.getElementById(id);
const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const data = JSON.parse($("reach").textContent);
const issuerOf = data.issuers;
const cards = all("details.role");
const groups = all("#identity-table tbody").map((body) => ({ body, rows: all("tr[id]", body) }));
const rows = [];
for (const { body, rows: members } of groups)
  for (const row of members) {
    const index = +row.id.slice(1);
    rows[index] = Object.assign(row, { index, group: body });
  }

/* [identity, role, statement, whether there are further conditions] */
const pairs = data.roles.flatMap((flat, role) => {
  const own = [];
  for (let at = 0; at < flat.length; at += 3) own.push([flat[at], role, flat[at + 1], flat[at + 2] === 1]);
  return own;
});
const reachesOf = rows.map(() => []);
const reachedBy = cards.map(() => []);
for (const pair of pairs) {
  reachesOf[pair[0]].push(pair);
  reachedBy[pair[1]].push(pair);
}

const textOf = (element) => (element === null ? "" : element.textContent);
/* read once: a search asks for them all */
const roleNames = cards.map((card) => textOf(card.querySelector("h3")));
const subjects = rows.map((row) => textOf(row.querySelector("th a")));
const nameOfRole = (role) => roleNames[role];
const arnOf = (role) => textOf(cards[role].querySelector(".arn"));
const whoOf = (identity) => subjects[identity];
/* beside an ID: its names, and its issuer where the ID alone does not say which is meant */
const besideOf = (identity) => all("th small", rows[identity]).map(textOf).join(" ");
const kindOf = (identity) => textOf(rows[identity].group.querySelector(".kind"));
const issuerKeyOf = (identity) => textOf(rows[identity].group.querySelector(".issuer-key"));
/* how often CloudTrail shows it in the role, and when last; "" without a trail */
const seenOf = (identity, role) => textOf(cards[role].querySelector('.seen [data-i="' + identity + '"] .times'));
const labelOf = (identity) => [whoOf(identity), besideOf(identity)].filter((text) => text !== "").join(" ");

/* what a search looks through */
const roleTexts = cards.map((card, role) =>
  [nameOfRole(role), arnOf(role), textOf(card.querySelector(".what"))].join("\n").toLowerCase());
const identityTexts = rows.map((row) => textOf(row.cells[0]).toLowerCase());

/* an element with attributes and what is inside: elements, or text that stays text */
function make(name, attributes, ...inside) {
  const element = document.createElement(name);
  for (const key of Object.keys(attributes)) element.setAttribute(key, attributes[key]);
  element.append(...inside);
  return element;
}
/* only what changes is touched: a page of a thousand roles stays quick */
function hide(element, hidden) {
  if (element.isOut === hidden) return;
  element.isOut = hidden;
  if (element.hidden !== hidden) element.hidden = hidden;
}
const counted = (count, one, many) => count + " " + (count === 1 ? one : many);
const placeText = ([, , statement, conditional]) =>
  "Statement " + statement + (conditional ? ", under further conditions" : "");
