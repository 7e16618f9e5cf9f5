/* What a filter leaves, to take away: as a table to paste, as CSV, in print. */
const hasTrail = $("trail") !== null;
const TABLE_HEAD = [
  "identity", "beside", "kind", "issuer", "role", "role ARN", "statement", "further conditions",
  ...(hasTrail ? ["CloudTrail"] : []),
];

function tableOf(shown) {
  return [TABLE_HEAD, ...shown.map(([identity, role, statement, conditional]) => [
    whoOf(identity), besideOf(identity), kindOf(identity), issuerKeyOf(identity), nameOfRole(role), arnOf(role),
    String(statement), conditional ? "yes" : "no", ...(hasTrail ? [seenOf(identity, role)] : []),
  ])];
}

/* a spreadsheet takes a text that begins with one of these for a formula */
const plainCell = (text) => (/^[=+\-@\t\r]/.test(text) ? "'" + text : text);
const csvCell = (text) => (/[",\r\n]/.test(text) ? '"' + text.replaceAll('"', '""') + '"' : text);
const csvOf = (table) => table.map((row) => row.map((cell) => csvCell(plainCell(cell))).join(",") + "\n").join("");
const tabsOf = (table) =>
  table.map((row) => row.map((cell) => plainCell(cell).replace(/[\t\r\n]+/g, " ")).join("\t")).join("\n");

async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    /* a page from a file, or one without the permission */
    const field = make("textarea", { "aria-hidden": "true", class: "skip" });
    field.value = text;
    document.body.append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
  }
}

function saveText(name, type, text) {
  const url = URL.createObjectURL(new Blob([text], { type }));
  make("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}

/* all that the filter leaves is printed, opened */
let closed = [], kept = listed;
addEventListener("beforeprint", () => {
  kept = listed;
  listed = { rows: Infinity, cards: Infinity };
  showLists(shown.identities, shown.roles);
  showCards();
  closed = all("details:not([open])").filter((one) => one.closest("[hidden]") === null);
  for (const one of closed) one.open = true;
  drawMatrix();
});
addEventListener("afterprint", () => {
  for (const one of closed) one.open = false;
  listed = kept;
  showLists(shown.identities, shown.roles);
  showCards();
});
