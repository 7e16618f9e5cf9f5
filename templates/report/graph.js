/* The graph: what is around the selected identity or role, else what a filter leaves, counted where it is much. */
const MOST_NODES = 16;
const COLUMNS = {
  issuer: { x: 1, width: 190, letters: 27, head: "Issuer" },
  identity: { x: 271, width: 272, letters: 38, head: "Identity" },
  role: { x: 623, width: 296, letters: 42, head: "Role" },
};
const HEAD = 26, WIDTH = 920;

const svg = (name, attributes, ...inside) => {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const key of Object.keys(attributes)) element.setAttribute(key, attributes[key]);
  element.append(...inside);
  return element;
};
const cut = (text, letters) =>
  [...text].length > letters ? [...text].slice(0, letters - 1).join("") + "…" : text;

const nodeTexts = {
  issuer: (index) => ({ label: textOf($("u" + index).querySelector("h3")), more: "" }),
  identity: (index) => ({ label: whoOf(index), more: besideOf(index), kind: kindOf(index) }),
  role: (index) => ({ label: nameOfRole(index), more: "" }),
};

/* a link to what it stands for; a second line for what is beside an ID */
function boxOf(column, y, href, look, [label, more = "", kind = ""]) {
  const { x, width, letters } = COLUMNS[column], half = more === "" ? 11 : 17;
  return svg("a", { href, class: "node" + look, "data-c": column, transform: "translate(" + x + " " + y + ")" },
    svg("title", {}, [label, more, kind].filter((text) => text !== "").join(", ")),
    svg("rect", { y: -half, width, height: 2 * half, rx: column === "role" ? 3 : 11 }),
    svg("text", { x: 12, y: more === "" ? 4 : -2 }, cut(label, letters)),
    ...(more === "" ? [] : [svg("text", { x: 12, y: 11, class: "more" }, cut(more, letters))]));
}
function nodeOf(column, index, y, isSelected) {
  const { label, more, kind = "" } = nodeTexts[column](index);
  const look = (kind.endsWith("pattern") ? " pattern" : "") + (isSelected ? " selected" : "");
  return boxOf(column, y, "#" + { issuer: "u", identity: "i", role: "r" }[column] + index, look, [label, more, kind]);
}
const edgeOf = (look, from, y1, to, y2) => {
  const x1 = COLUMNS[from].x + COLUMNS[from].width, x2 = COLUMNS[to].x;
  return svg("path", { class: look, d: ["M" + x1, y1 + "C" + (x1 + 40), y1, x2 - 40, y2, x2, y2].join(" ") });
};
const framed = (height, ...inside) => svg("svg", { viewBox: "0 0 " + WIDTH + " " + height, width: WIDTH, height },
  ...Object.values(COLUMNS).map(({ x, head }) => svg("text", { class: "head", x, y: 12 }, head)), ...inside);

/* what is too much to draw one by one: of each issuer how many identities reach how many roles */
function overviewOf(shown) {
  const byIssuer = new Map();
  for (const [identity, role] of shown) {
    const issuer = issuerOf[identity];
    if (!byIssuer.has(issuer)) byIssuer.set(issuer, { identities: new Set(), roles: new Set() });
    byIssuer.get(issuer).identities.add(identity);
    byIssuer.get(issuer).roles.add(role);
  }
  const drawn = [...byIssuer].sort(([a], [b]) => a - b).slice(0, MOST_NODES);
  return framed(drawn.length * 30 + HEAD, ...drawn.flatMap(([issuer, { identities, roles }], row) => {
    const y = HEAD + 30 * row + 15, { label } = issuer < 0 ? { label: "" } : nodeTexts.issuer(issuer);
    const href = issuer < 0 ? "#identities" : "#" + new URLSearchParams({ issuer: label });
    return [
      ...(issuer < 0 ? [] : [edgeOf("u", "issuer", y, "identity", y), nodeOf("issuer", issuer, y, false)]),
      edgeOf("v", "identity", y, "role", y),
      boxOf("identity", y, href, "", [counted(identities.size, "identity", "identities"), "", label]),
      boxOf("role", y, href, "", [counted(roles.size, "role", "roles"), "", label]),
    ];
  }));
}

function pictureOf(shown, selected) {
  const role = [...new Set(shown.map(([, r]) => r))], identity = [...new Set(shown.map(([i]) => i))];
  const issuer = [...new Set(identity.map((i) => issuerOf[i]))].filter((u) => u >= 0).sort((a, b) => a - b);
  const columns = { issuer, identity, role };
  const step = identity.some((i) => besideOf(i) !== "") ? 44 : 30;
  const height = Math.max(1, role.length, identity.length, issuer.length) * step + HEAD;
  const at = {};
  for (const name of Object.keys(columns)) {
    /* in the middle, yet not far below the top: a tall graph scrolls */
    const above = Math.min((height - HEAD - columns[name].length * step) / 2, 4 * step);
    const top = HEAD + above + step / 2;
    at[name] = new Map(columns[name].map((index, row) => [index, row * step + top]));
  }
  const edge = (look, from, a, to, b) => edgeOf(look, from, at[from].get(a), to, at[to].get(b));
  const ends = new Map(shown.map((pair) => [pair[0] + " " + pair[1], pair]));
  return framed(height,
    ...identity.filter((i) => issuerOf[i] >= 0).map((i) => edge("u", "issuer", issuerOf[i], "identity", i)),
    ...[...ends.values()].map(([i, r]) => edge("v", "identity", i, "role", r)),
    ...Object.keys(columns).flatMap((name) => columns[name].map((index) => {
      const isSelected = selected !== null && selected.is === name && selected.index === index;
      return nodeOf(name, index, at[name].get(index), isSelected);
    })));
}

/* `shown`: what a filter leaves; `selected`: { is: "identity" or "role", index }, or null */
function drawGraph(shown, selected) {
  const near = selected === null ? shown : (selected.is === "role" ? reachedBy : reachesOf)[selected.index];
  const roles = new Set(near.map(([, r]) => r)), identities = new Set(near.map(([i]) => i));
  const isTooMuch = roles.size > MOST_NODES || identities.size > MOST_NODES;
  let drawn = near;
  if (isTooMuch && selected !== null) {
    const kept = new Set([...(selected.is === "role" ? identities : roles)].slice(0, MOST_NODES));
    drawn = near.filter(([i, r]) => kept.has(selected.is === "role" ? i : r));
  }
  const many = counted(identities.size, "identity", "identities") + " and " + counted(roles.size, "role", "roles");
  const around = selected === null ? "" : "Around "
    + (selected.is === "role" ? nameOfRole(selected.index) : labelOf(selected.index)) + ": ";
  $("graph-note").textContent = around + (isTooMuch
    ? many + (selected === null ? ", too many to draw one by one. Select an identity or a role, or search." :
      ", of which the first " + MOST_NODES + " are drawn.")
    : many + ".");
  hide($("graph"), drawn.length === 0);
  const picture = isTooMuch && selected === null ? overviewOf : pictureOf;
  $("graph").replaceChildren(...(drawn.length === 0 ? [] : [picture(drawn, selected)]));
}
