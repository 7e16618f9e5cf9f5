"use strict";
/* What the page does in a browser: filters, draws the graph again, opens what is linked to. No names in it. */
(() => {
  const $ = (id) => document.getElementById(id);
  const all = (selector, within) => [...(within || document).querySelectorAll(selector)];
  const { pairs, issuers, layout } = JSON.parse($("reach").textContent);
  const cards = all("article.role");
  const rows = all("#identity-table tbody tr");
  const roleNames = cards.map((card) => card.querySelector("h3").textContent.toLowerCase());
  const identityNames = rows.map((row) => row.querySelector(".who").textContent.toLowerCase());
  const blocks = all(".block").map((block) => ({
    block,
    heads: all("thead th[data-r]", block),
    rows: all("tbody tr", block),
  }));
  const fields = { identity: $("f-identity"), role: $("f-role"), issuer: $("f-issuer"), findings: $("f-findings") };
  const svg = $("graph");
  const { columns: columnsOf, roles: mostRoles, row: rowHeight, top: headHeight, width } = layout;

  /* only what changes is touched: a page of a thousand roles stays quick */
  const hide = (element, hidden) => { if (element.hidden !== hidden) element.hidden = hidden; };

  const make = (name, attributes, ...inside) => {
    const element = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const key of Object.keys(attributes)) element.setAttribute(key, attributes[key]);
    element.append(...inside);
    return element;
  };
  const text = (element) => (element === null ? "" : element.textContent);
  /* the words of a node are in the page already */
  const words = {
    issuer: (index) => {
      const card = $("u" + index);
      return { label: text(card.querySelector("h3")), title: text(card.querySelector(".arn")) };
    },
    identity: (index) => {
      const who = text(rows[index].querySelector(".who")), kind = text(rows[index].cells[1]);
      return { label: who, title: who + " (" + kind + ")", extra: kind.endsWith("pattern") ? " pattern" : "" };
    },
    role: (index) => {
      const card = cards[index];
      return { label: text(card.querySelector("h3")), title: text(card.querySelector(".arn")) };
    },
  };
  function nodeOf(column, index, y) {
    const { label, title, extra = "" } = words[column](index), { x, width, letters } = columnsOf[column];
    const cut = [...label].length > letters ? [...label].slice(0, letters - 1).join("") + "…" : label;
    const place = "translate(" + x + " " + y + ")";
    return make("g", { class: "node" + extra, "data-c": column, "data-n": index, transform: place },
      ...(title === cut ? [] : [make("title", {}, title)]),
      make("rect", { y: -11, width, height: 22, rx: column === "role" ? 3 : 11 }),
      make("text", { x: 12, y: 4 }, cut));
  }

  function draw(shownPairs, roles) {
    const role = [...roles].sort((a, b) => a - b).slice(0, mostRoles);
    const inRole = new Set(role);
    const drawn = shownPairs.filter(([, r]) => inRole.has(r));
    const identity = [...new Set(drawn.map(([i]) => i))];
    const issuer = [...new Set(identity.map((i) => issuers[i]).filter((u) => u >= 0))].sort((a, b) => a - b);
    const columns = { issuer, identity, role };
    const height = Math.max(1, role.length, identity.length, issuer.length) * rowHeight + headHeight;
    const at = {};
    for (const name of Object.keys(columns)) {
      const top = (height + headHeight - columns[name].length * rowHeight) / 2 + rowHeight / 2;
      at[name] = new Map(columns[name].map((index, row) => [index, row * rowHeight + top]));
    }
    const edge = (kind, from, a, to, b) => {
      const x1 = columnsOf[from].x + columnsOf[from].width, x2 = columnsOf[to].x;
      const y1 = at[from].get(a), y2 = at[to].get(b);
      const d = ["M" + x1, y1 + "C" + (x1 + 40), y1, x2 - 40, y2, x2, y2].join(" ");
      return make("path", { class: kind, "data-a": a, "data-b": b, d });
    };
    svg.querySelector(".edges").replaceChildren(
      ...identity.filter((i) => issuers[i] >= 0).map((i) => edge("u", "issuer", issuers[i], "identity", i)),
      ...drawn.map(([i, r]) => edge("v", "identity", i, "role", r)));
    const nodesOf = (name) => columns[name].map((index) => nodeOf(name, index, at[name].get(index)));
    svg.querySelector(".nodes").replaceChildren(...Object.keys(columns).flatMap(nodesOf));
    svg.setAttribute("viewBox", "0 0 " + width + " " + height);
    svg.setAttribute("height", height);
    $("graph-note").textContent = role.length < roles.size
      ? "The first " + role.length + " of " + roles.size + " roles; filter to see others."
      : "Issuers, identities, roles.";
  }

  function apply() {
    const who = fields.identity.value.trim().toLowerCase(), what = fields.role.value.trim().toLowerCase();
    const issuer = fields.issuer.value, findings = fields.findings.checked;
    const open = who === "" && issuer === "";
    const roleFits = cards.map((card, r) => roleNames[r].includes(what) && (!findings || card.hasAttribute("data-f")));
    const ofIssuer = (i) => issuer === "" || issuers[i] === +issuer;
    const identityFits = rows.map((row, i) => identityNames[i].includes(who) && ofIssuer(i));
    const shown = pairs.filter(([i, r]) => roleFits[r] && identityFits[i]);
    const roles = new Set(shown.map(([, r]) => r)), identities = new Set(shown.map(([i]) => i));
    if (open) roleFits.forEach((fits, r) => { if (fits) roles.add(r); });
    cards.forEach((card, r) => {
      hide(card, !roles.has(r));
      if (roles.has(r)) for (const row of all("tbody tr", card)) hide(row, !identities.has(+row.dataset.i));
    });
    rows.forEach((row, i) => hide(row, !identities.has(i)));
    for (const { block, heads, rows } of blocks) {
      const columns = heads.map((head) => roles.has(+head.dataset.r));
      hide(block, !columns.includes(true));
      if (block.hidden) continue;
      heads.forEach((head, column) => hide(head, !columns[column]));
      for (const row of rows) {
        hide(row, !identities.has(+row.dataset.i));
        if (!row.hidden) columns.forEach((visible, column) => hide(row.cells[column + 1], !visible));
      }
    }
    all("article.issuer").forEach((card, u) => hide(card, issuer !== "" && u !== +issuer));
    draw(shown, roles);
    $("f-count").textContent = [
      roles.size === 1 ? "1 role" : roles.size + " roles",
      identities.size === 1 ? "1 identity" : identities.size + " identities",
    ].join(", ");
  }

  let waiting = 0;
  const soon = () => { clearTimeout(waiting); waiting = setTimeout(apply, 80); };
  $("filter").addEventListener("input", soon);
  $("filter").addEventListener("reset", soon);
  $("filter").addEventListener("submit", (event) => { event.preventDefault(); apply(); });

  /* a link to a line opens the policy it stands in, and shows what a filter hides */
  function reveal() {
    const target = location.hash.length > 1 ? document.getElementById(location.hash.slice(1)) : null;
    if (target === null) return;
    for (let element = target; element !== null; element = element.parentElement) {
      if (element.hidden) element.hidden = false;
      if (element.localName === "details") element.open = true;
    }
    target.scrollIntoView({ block: "start" });
  }
  addEventListener("hashchange", reveal);
  reveal();

  /* pointing at a node lights what hangs on it */
  const light = (event) => {
    const node = event.target.closest && event.target.closest(".node");
    const key = node ? node.dataset.c : "", index = node ? node.dataset.n : "";
    for (const path of all("path", svg)) {
      const kind = path.classList.contains("u") ? "u" : "v", { a, b } = path.dataset;
      const end = { issuer: kind === "u" && a, role: kind === "v" && b, identity: kind === "u" ? b : a }[key];
      const lit = end === index;
      path.classList.toggle("lit", lit);
    }
    svg.classList.toggle("lighting", node !== null && node !== undefined);
  };
  svg.addEventListener("mouseover", light);
  svg.addEventListener("mouseleave", light);
})();
