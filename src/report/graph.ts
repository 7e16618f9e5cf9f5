/**
 * The graph: issuers, identities and roles in three columns, as inline SVG. Only what is drawn is in it; the page's
 * script
 * draws it anew when filtered, with the names it finds in the page's tables.
 */
import { html } from "../text/escape";
import type { ReportView } from "./view";

/** More roles than this at once are unreadable; the filter brings the others up. */
export const GRAPH_ROLES = 40;
export const ROW = 30;
/** Where each column stands, and how many letters fit in it. */
export const COLUMNS = {
  issuer: { x: 1, width: 190, letters: 26 },
  identity: { x: 271, width: 272, letters: 38 },
  role: { x: 623, width: 296, letters: 42 },
} as const;
export const WIDTH = 920;
/** Room for the columns' heads. */
export const TOP = 26;

/** Index pairs of the page's data: [identity, role]. */
export function reachPairs(view: ReportView): readonly (readonly [number, number])[] {
  const roles = new Map(view.roles.map(({ key }, index) => [key, index]));
  const pairs = new Map<string, readonly [number, number]>();
  for (const { identity, role } of view.reaches)
    pairs.set(`${identity} ${roles.get(role) ?? 0}`, [identity, roles.get(role) ?? 0]);
  return [...pairs.values()];
}

/** The SVG of the first roles. Not interactive: the matrix says the same. */
export function graph(view: ReportView): string {
  const pairs = reachPairs(view);
  const shown = pairs.filter(([, role]) => role < GRAPH_ROLES);
  const roles = placed([...view.roles.keys()].slice(0, GRAPH_ROLES));
  const identities = placed([...new Set(shown.map(([identity]) => identity))]);
  const issuerOf = new Map(view.issuers.map(({ key }, index) => [key, index]));
  const issuerIndex = (identity: number): number | undefined => issuerOf.get(view.identities[identity]?.issuer ?? "");
  const issuers = placed(
    [...new Set([...identities.keys()].flatMap((identity) => issuerIndex(identity) ?? []))].sort(
      (left, right) => left - right,
    ),
  );
  const height = Math.max(roles.size, identities.size, issuers.size, 1) * ROW + TOP;
  const y = (column: ReadonlyMap<number, number>, index: number): number | undefined => {
    const row = column.get(index);
    return row === undefined ? undefined : TOP + row * ROW + (height - TOP - column.size * ROW) / 2 + ROW / 2;
  };
  const issuerEdges = [...identities.keys()].flatMap((identity) => {
    const issuer = issuerIndex(identity);
    return issuer === undefined
      ? []
      : [
          edge(
            "u",
            issuer,
            identity,
            [COLUMNS.issuer.x + COLUMNS.issuer.width, y(issuers, issuer)],
            [COLUMNS.identity.x, y(identities, identity)],
          ),
        ];
  });
  const roleEdges = shown.map(([identity, role]) =>
    edge(
      "v",
      identity,
      role,
      [COLUMNS.identity.x + COLUMNS.identity.width, y(identities, identity)],
      [COLUMNS.role.x, y(roles, role)],
    ),
  );
  const nodes = [
    ...view.issuers.map(({ key, issuer }, index) => node("issuer", index, key, issuer, y(issuers, index))),
    ...view.identities.map(({ id, who, kind }) =>
      node("identity", id, who, `${who} (${kind})`, y(identities, id), kind === "subject pattern" ? " pattern" : ""),
    ),
    ...view.roles.map(({ name, arn }, index) => node("role", index, name, arn, y(roles, index))),
  ];
  return [
    `<svg id="graph" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" ` +
      `aria-labelledby="graph-title">`,
    `<title id="graph-title">Issuers, their identities, and the roles these reach. The matrix says the same as ` +
      `a table.</title>`,
    Object.entries({ issuer: "Issuer", identity: "Identity", role: "Role" } as const)
      .map(
        ([column, head]) => `<text class="head" x="${COLUMNS[column as keyof typeof COLUMNS].x}" y="12">${head}</text>`,
      )
      .join(""),
    `<g class="edges">${issuerEdges.join("")}${roleEdges.join("")}</g>`,
    `<g class="nodes">${nodes.join("")}</g>`,
    "</svg>",
  ].join("");
}

function placed(indexes: readonly number[]): ReadonlyMap<number, number> {
  return new Map(indexes.map((index, row) => [index, row]));
}

/** Nothing for what has no place. */
function node(
  column: keyof typeof COLUMNS,
  index: number,
  label: string,
  title: string,
  y: number | undefined,
  extra = "",
): string {
  if (y === undefined) return "";
  const { x, width, letters } = COLUMNS[column];
  const cut = [...label].length > letters ? `${[...label].slice(0, letters - 1).join("")}…` : label;
  const full = title === cut ? "" : `<title>${html(title)}</title>`;
  return (
    `<g class="node${extra}" data-c="${column}" data-n="${index}" ` +
    `transform="translate(${x} ${y})">${full}<rect y="-11" width="${width}" height="22" ` +
    `rx="${column === "role" ? 3 : 11}"/><text x="12" y="4">${html(cut)}</text></g>`
  );
}

/** `u`: issuer to identity, `v`: identity to role. */
function edge(
  kind: "u" | "v",
  from: number,
  to: number,
  start: readonly [number, number | undefined],
  end: readonly [number, number | undefined],
): string {
  const [x1, y1] = start;
  const [x2, y2] = end;
  if (y1 === undefined || y2 === undefined) return "";
  return (
    `<path class="${kind}" data-a="${from}" data-b="${to}" ` +
    `d="M${x1} ${y1}C${x1 + 40} ${y1} ${x2 - 40} ${y2} ${x2} ${y2}"/>`
  );
}
