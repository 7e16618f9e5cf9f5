/** The matrix: identities down, roles across, each mark a link to the line that lets them in. */
import { html } from "../text/escape";
import type { ReportIdentity, ReportReach, ReportRole, ReportView } from "./view";

/** Roles a table: wider ones cannot be read. */
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
  return (
    `<div class="scroll block" role="group" aria-label="${name}" tabindex="0"><table ` +
    `class="matrix"><caption>${several ? `Roles ${from + 1} to ${to}` : "Every identity and every role"}</caption><thead><tr><th scope="col" class="corner">Identity</th>${head}</tr></thead><tbody>${body}</tbody></table></div>`
  );
}

function roleHead(role: ReportRole | undefined, index: number): string {
  return `<th scope="col" data-r="${index}"><a href="#r${index}">${html(role?.name ?? "")}</a></th>`;
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
  return (
    `<tr data-i="${identity.id}"><th scope="row"><a ` +
    `href="#i${identity.id}">${html(identity.who)}</a></th>${cells.join("")}</tr>`
  );
}

function mark({ trust, statement, conditions }: ReportReach, role: number): string {
  const line = `Statement ${statement}, ${trust}${conditions.length > 0 ? `, if ${conditions.join(" and ")}` : ""}`;
  return (
    `<a class="mark" href="#r${role}s${statement}" title="${html(line)}" ` +
    `aria-label="${html(line)}">${conditions.length > 0 ? "◐" : "●"}</a>`
  );
}
