/** A row for each identity, those of one kind and issuer together: which roles it can assume. */
import { html } from "../text/escape";
import { definitions, element, link } from "../text/markup";
import { SECRET_NOTES } from "./secrets";
import { byKey, type ReportIdentity, type ReportView } from "./view";

const LISTED_ROLES = 12;

export function identitiesSection(view: ReportView): string {
  const roleIndex = new Map(view.roles.map(({ key }, index) => [key, index]));
  const reached = new Map<number, Set<number>>();
  for (const { identity, role } of view.reaches)
    reached.set(identity, (reached.get(identity) ?? new Set()).add(roleIndex.get(role) ?? 0));
  const groups = byKey(view.identities, ({ issuer, kind }) => JSON.stringify([issuer, kind]));
  const bodies = [...groups.values()].map((identities) =>
    element(
      "tbody",
      {},
      groupHead(identities),
      ...identities.map((identity) => identityRow(identity, [...(reached.get(identity.id) ?? [])], view)),
    ),
  );
  const kinds = [...new Set(view.identities.map(({ kind }) => kind))];
  return [
    '<table id="identity-table"><thead><tr><th scope="col">Who</th><th scope="col">Reaches</th></tr></thead>',
    ...bodies,
    "</table>",
    "<h3>Where a stored secret is used</h3>",
    '<p class="muted">No token source stores an AWS key. What differs is how the Databricks token is obtained:</p>',
    definitions(
      "notes",
      kinds.map((kind) => [kindText(kind), html(SECRET_NOTES[kind].note)]),
    ),
  ].join("\n");
}

/** The kind, the issuer, and whether obtaining a token of these may use a stored secret. */
function groupHead([first]: readonly ReportIdentity[]): string {
  if (first === undefined) return "";
  const { kind, issuer, secret } = first;
  const ofIssuer = issuer === null ? "" : ` of <span class="issuer-key">${html(issuer)}</span>`;
  return (
    '<tr class="group"><th scope="rowgroup" colspan="2">' +
    `<span class="kind">${kindText(kind)}</span>${ofIssuer} ` +
    `<span class="secret ${secret}">${SECRET_NOTES[kind].short}</span></th></tr>`
  );
}

function identityRow(
  { id, who, names, issuer, ofSeveralIssuers }: ReportIdentity,
  roles: readonly number[],
  view: ReportView,
): string {
  const links = roles.slice(0, LISTED_ROLES).map((index) => link(`#r${index}`, view.roles[index]?.name ?? ""));
  const more = roles.length > LISTED_ROLES ? ` and ${roles.length - LISTED_ROLES} more` : "";
  const beside = [
    ...(names.length === 0 ? [] : [`(${names.join(", ")})`]),
    ...(ofSeveralIssuers && issuer !== null ? [`of ${issuer}`] : []),
  ].map((text) => ` <small>${html(text)}</small>`);
  const name = link(`#i${id}`, who) + beside.join("");
  return `<tr id="i${id}"><th>${name}</th><td>${links.join(", ")}${more}</td></tr>`;
}

/** The rows show a subject, except for Unity Catalog. */
function kindText(kind: ReportIdentity["kind"]): string {
  return kind === "Unity Catalog" ? "Unity Catalog, by external ID" : kind;
}
