/** The matrix: identities down, roles across, each mark a link to the statement that allows it. */
import { element, link } from "../text/markup";
import type { ReportIdentity, ReportReach, ReportRole, ReportView } from "./view";

/** Roles in one table: wider ones cannot be read. */
const BLOCK = 20;

/** One table for each block of roles, with those identities alone that reach one of them. */
export function matrix(view: ReportView): string {
  const roleIndex = new Map(view.roles.map(({ key }, index) => [key, index]));
  const byRole = new Map<number, ReportReach[]>();
  for (const reach of view.reaches) {
    const index = roleIndex.get(reach.role) ?? 0;
    byRole.set(index, [...(byRole.get(index) ?? []), reach]);
  }
  const blocks: string[] = [];
  for (let from = 0; from < view.roles.length; from += BLOCK)
    blocks.push(block(view, byRole, from, Math.min(from + BLOCK, view.roles.length)));
  return blocks.join("");
}

function block(
  view: ReportView,
  byRole: ReadonlyMap<number, readonly ReportReach[]>,
  from: number,
  to: number,
): string {
  const indexes = Array.from({ length: to - from }, (_, offset) => from + offset);
  const rows = new Map<number, Map<number, ReportReach[]>>();
  for (const index of indexes) {
    for (const reach of byRole.get(index) ?? []) {
      const row = rows.get(reach.identity) ?? new Map<number, ReportReach[]>();
      rows.set(reach.identity, row);
      row.set(index, [...(row.get(index) ?? []), reach]);
    }
  }
  const several = view.roles.length > BLOCK;
  const name = several ? `Matrix, roles ${from + 1} to ${to}` : "Matrix";
  const head = indexes.map((index) => roleHead(view.roles[index], index)).join("");
  const body = [...rows]
    .sort(([left], [right]) => left - right)
    .map(([id, row]) => identityRow(view.identities[id], row, indexes))
    .join("");
  const caption = several ? `Roles ${from + 1} to ${to}` : "Every identity and every role";
  return element(
    "div",
    { class: "scroll block", role: "group", "aria-label": name, tabindex: 0 },
    `<table class="matrix"><caption>${caption}</caption>`,
    `<thead><tr><th scope="col" class="corner">Identity</th>${head}</tr></thead><tbody>${body}</tbody></table>`,
  );
}

function roleHead(role: ReportRole | undefined, index: number): string {
  return `<th scope="col" data-r="${index}">${link(`#r${index}`, role?.name ?? "")}</th>`;
}

function identityRow(
  identity: ReportIdentity | undefined,
  row: ReadonlyMap<number, readonly ReportReach[]>,
  indexes: readonly number[],
): string {
  if (identity === undefined) return "";
  const cells = indexes.map((index) => {
    const reaches = row.get(index);
    return reaches === undefined ? "<td></td>" : `<td>${reaches.map((reach) => mark(reach, index)).join(" ")}</td>`;
  });
  return element(
    "tr",
    { "data-i": identity.id },
    `<th scope="row">${link(`#i${identity.id}`, identity.who)}</th>`,
    ...cells,
  );
}

function mark({ trust, statement, conditions }: ReportReach, role: number): string {
  const place = `Statement ${statement}, ${trust}${conditions.length > 0 ? `, if ${conditions.join(" and ")}` : ""}`;
  const attributes = { class: "mark", title: place, "aria-label": place };
  return link(`#r${role}s${statement}`, conditions.length > 0 ? "◐" : "●", attributes);
}
