/**
 * The graph of issuers, identities and roles: in three columns as inline SVG, which the page's script draws again when
 * filtered, and as a Mermaid flowchart.
 */
import { html, mermaidText } from "../text/escape";
import { element } from "../text/markup";
import type { ReportView } from "./view";

/** More roles at once are unreadable; the filter shows the others. */
export const GRAPH_ROLES = 40;
export const ROW = 30;
/** Position of each column, and how many letters fit in it. */
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

/** The SVG of the first roles. Not interactive: the matrix shows the same. */
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
  const [issuerEnd, identityEnd] = [COLUMNS.issuer, COLUMNS.identity].map(({ x, width }) => x + width);
  const issuerEdges = [...identities.keys()].map((identity) => {
    const issuer = issuerIndex(identity);
    if (issuer === undefined) return "";
    const ends = [y(issuers, issuer), y(identities, identity)] as const;
    return edge("u", issuer, identity, [issuerEnd ?? 0, COLUMNS.identity.x], ends);
  });
  const roleEdges = shown.map(([identity, role]) =>
    edge("v", identity, role, [identityEnd ?? 0, COLUMNS.role.x], [y(identities, identity), y(roles, role)]),
  );
  const nodes = [
    ...view.issuers.map(({ key, issuer }, index) => node("issuer", index, key, issuer, y(issuers, index))),
    ...view.identities.map(({ id, who, kind }) =>
      node("identity", id, who, `${who} (${kind})`, y(identities, id), kind.endsWith("pattern") ? " pattern" : ""),
    ),
    ...view.roles.map(({ name, arn }, index) => node("role", index, name, arn, y(roles, index))),
  ];
  const heads = [["issuer", "Issuer"] as const, ["identity", "Identity"] as const, ["role", "Role"] as const].map(
    ([column, head]) => `<text class="head" x="${COLUMNS[column].x}" y="12">${head}</text>`,
  );
  return element(
    "svg",
    { id: "graph", viewBox: `0 0 ${WIDTH} ${height}`, width: WIDTH, height, role: "img", ...LABELLED },
    `<title id="graph-title">Issuers, their identities, and the roles these reach. The matrix has the same as a `,
    "table.</title>",
    ...heads,
    element("g", { class: "edges" }, ...issuerEdges, ...roleEdges),
    element("g", { class: "nodes" }, ...nodes),
  );
}

const LABELLED = { "aria-labelledby": "graph-title" } as const;

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
  return element(
    "g",
    { class: `node${extra}`, "data-c": column, "data-n": index, transform: `translate(${x} ${y})` },
    title === cut ? "" : `<title>${html(title)}</title>`,
    `<rect y="-11" width="${width}" height="22" rx="${column === "role" ? 3 : 11}"/>`,
    `<text x="12" y="4">${html(cut)}</text>`,
  );
}

/** `u`: issuer to identity, `v`: identity to role. */
function edge(
  kind: "u" | "v",
  from: number,
  to: number,
  [x1, x2]: readonly [number, number],
  [y1, y2]: readonly [number | undefined, number | undefined],
): string {
  if (y1 === undefined || y2 === undefined) return "";
  const curve = `M${x1} ${y1}C${x1 + 40} ${y1} ${x2 - 40} ${y2} ${x2} ${y2}`;
  return `<path class="${kind}" data-a="${from}" data-b="${to}" d="${curve}"/>`;
}

/** A `flowchart LR`. Names appear in quoted labels only; nodes are called i0, s0, r0. */
export function reportMermaid(view: ReportView): string {
  const issuers = new Map(view.issuers.map(({ key }, index) => [key, `i${index}`]));
  const roles = new Map(view.roles.map(({ key }, index) => [key, `r${index}`]));
  const edges = new Map<string, readonly string[]>();
  for (const { identity, role, trust, conditions } of view.reaches) {
    const ends = `s${identity} ${roles.get(role) ?? ""}`;
    edges.set(ends, [...(edges.get(ends) ?? []), `${trust}${conditions.length > 0 ? ", with conditions" : ""}`]);
  }
  return [
    "flowchart LR",
    `  accTitle: ${mermaidText(view.name)}, who reaches what`,
    ...view.issuers.map(({ issuer }, index) => `  i${index}(["${mermaidText(issuer)}"])`),
    ...view.identities.map(({ id, who, kind }) => `  s${id}["${mermaidText(who)}<br/>${kind}"]`),
    ...view.roles.map(({ name }, index) => `  r${index}[["${mermaidText(name)}"]]`),
    ...view.identities.flatMap(({ id, issuer }) =>
      issuer === null ? [] : [`  ${issuers.get(issuer) ?? ""} --- s${id}`],
    ),
    ...[...edges].map(([ends, labels]) => `  ${ends.replace(" ", ` -->|"${mermaidText(labels.join("; "))}"| `)}`),
  ].join("\n");
}
