/* The matrix of what a filter leaves: 20 roles at a time, and those identities alone that reach one of them. */
const ACROSS = 20, DOWN = 100;
let matrixPairs = null, firstRole = 0, isMatrixNear = false;

/* drawn when it is about to be seen: most searches are answered before */
const matrixSeen = new IntersectionObserver((entries) => {
  isMatrixNear = entries[entries.length - 1].isIntersecting;
  if (isMatrixNear) drawMatrix();
}, { rootMargin: "200px" });
matrixSeen.observe($("matrix"));

/* `shown` is drawn later; `roles` are all that the filter leaves */
function setMatrix(shown, roles) {
  matrixPairs = { shown, roles: [...roles].sort((a, b) => a - b) };
  firstRole = 0;
  $("matrix-table").classList.add("stale");
  if (isMatrixNear) drawMatrix();
}

function drawMatrix() {
  const box = $("matrix-table");
  if (!box.classList.contains("stale")) return;
  box.classList.remove("stale");
  const { shown, roles } = matrixPairs, columns = roles.slice(firstRole, firstRole + ACROSS);
  const columnOf = new Map(columns.map((role, column) => [role, column]));
  const byIdentity = new Map();
  for (const pair of shown) {
    if (!columnOf.has(pair[1])) continue;
    if (!byIdentity.has(pair[0])) byIdentity.set(pair[0], columns.map(() => []));
    byIdentity.get(pair[0])[columnOf.get(pair[1])].push(pair);
  }
  const identities = [...byIdentity.keys()].sort((a, b) => a - b);
  const heads = columns.map((role) =>
    make("th", { scope: "col" }, make("a", { href: "#r" + role }, nameOfRole(role))));
  const body = identities.slice(0, DOWN).map((identity) => make("tr", {},
    make("th", { scope: "row" }, make("a", { href: "#i" + identity }, labelOf(identity))),
    ...byIdentity.get(identity).map((cell) => make("td", {}, ...cell.map(markOf)))));
  const caption = roles.length > ACROSS
    ? "Roles " + (firstRole + 1) + " to " + (firstRole + columns.length) + " of " + roles.length
    : counted(roles.length, "role", "roles");
  const left = identities.length - DOWN;
  const turn = (words, first) => {
    const button = make("button", { type: "button" }, words);
    button.disabled = first < 0 || first >= roles.length;
    button.addEventListener("click", () => {
      firstRole = first;
      box.classList.add("stale");
      drawMatrix();
      const [earlier, later] = all("button", box), same = words === "Earlier roles" ? earlier : later;
      (same.disabled ? (same === earlier ? later : earlier) : same).focus();
    });
    return button;
  };
  const cutNote = left > 0 ? ", " + DOWN + " of " + identities.length + " identities; search for others" : "";
  const table = make("table", { class: "matrix" },
    make("caption", {}, caption + cutNote),
    make("thead", {}, make("tr", {}, make("th", { scope: "col", class: "corner" }, "Identity"), ...heads)),
    make("tbody", {}, ...body));
  box.replaceChildren(
    ...(roles.length > ACROSS
      ? [make("p", { class: "turn" },
        turn("Earlier roles", firstRole - ACROSS), " ", turn("Later roles", firstRole + ACROSS))]
      : []),
    make("div", { class: "scroll tall", role: "group", "aria-label": "Matrix", tabindex: 0 }, table));
}

function markOf(pair) {
  const place = placeText(pair), [, role, statement, conditional] = pair;
  const href = "#r" + role + "s" + statement;
  return make("a", { class: "mark", href, title: place, "aria-label": place }, conditional ? "◐" : "●");
}
