/** The graph of issuers, identities and roles as a Mermaid flowchart, for a Markdown page. */
import { mermaidText } from "../text/escape";
import { withNames } from "../text/words";
import type { ReportView } from "./view";

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
    ...view.identities.map(
      ({ id, who, names, kind }) => `  s${id}["${mermaidText(withNames(who, names))}<br/>${kind}"]`,
    ),
    ...view.roles.map(({ name }, index) => `  r${index}[["${mermaidText(name)}"]]`),
    ...view.identities.flatMap(({ id, issuer }) =>
      issuer === null ? [] : [`  ${issuers.get(issuer) ?? ""} --- s${id}`],
    ),
    ...[...edges].map(([ends, labels]) => `  ${ends.replace(" ", ` -->|"${mermaidText(labels.join("; "))}"| `)}`),
  ].join("\n");
}
