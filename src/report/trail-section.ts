/** What CloudTrail shows of the federation: coverage first, since the rest depends on it. */
import type { AuditedCalls } from "../audit/audit";
import type { AuditedTrail } from "../audit/read-audit";
import { coverageLines } from "../audit/text";
import { html } from "../text/escape";
import { element, link } from "../text/markup";
import { counted, withNames } from "../text/words";
import type { ReportIdentity, ReportReach, ReportView } from "./view";

/** More of a kind are in `audit`. */
const LISTED = 100;

export function trailSection(view: ReportView, trail: AuditedTrail): string {
  const roleIndex = new Map(view.roles.map(({ key }, index) => [key, index]));
  const roleLink = (key: string | null, arn: string): string => {
    const index = key === null ? undefined : roleIndex.get(key);
    return index === undefined ? html(arn) : link(`#r${index}`, view.roles[index]?.name ?? "");
  };
  const { coverage, uses, refusals, unseen } = trail;
  const undeclared = uses.filter((use) => use.undeclared !== null);
  return [
    element("ul", { class: "coverage" }, ...coverageLines(trail).map((line) => `<li>${html(line.trim())}</li>`)),
    list(
      "Sessions that are not declared",
      undeclared.map((use) => {
        const role = roleLink(use.role, use.roleArn);
        return `${whoText(use)} assumed ${role}, ${timesText(use)}: ${html(use.undeclared ?? "")}`;
      }),
    ),
    list(
      "Refused",
      refusals.map(
        (refusal) =>
          `${whoText(refusal)} for ${roleLink(refusal.role, refusal.roleArn)}, ${timesText(refusal)}: ` +
          `${html(refusal.error)}, ${html(refusal.reason)} <span class="muted">${html(refusal.fix)}</span>`,
      ),
    ),
    list(
      `Declared and not seen since ${coverage.from}`,
      [
        ...unseen.roles.map((role) => `${roleLink(role, role)}: no identity assumed it`),
        ...unseen.identities
          .filter(({ role }) => !unseen.roles.includes(role))
          .map(
            ({ role, subject, names, issuer }) =>
              `${roleLink(role, role)}: ${html(withNames(subject, names))} of ${html(issuer)}`,
          ),
      ],
      coverage.gaps.length === 0 ? "" : "The trail has gaps, so they may be in use.",
    ),
  ].join("");
}

function list(title: string, items: readonly string[], note = ""): string {
  const left = items.length - LISTED;
  return [
    `<h3>${html(title)}</h3>`,
    note === "" || items.length === 0 ? "" : `<p class="muted">${note}</p>`,
    items.length === 0
      ? '<p class="muted">None.</p>'
      : element("ul", {}, ...items.slice(0, LISTED).map((item) => `<li>${item}</li>`)),
    left > 0 ? `<p class="muted">And ${left} more: audit lists them all.</p>` : "",
  ].join("");
}

function whoText({ subject, names, issuerKey, issuer }: AuditedCalls): string {
  const who = subject === "" ? "(no subject)" : withNames(subject, names);
  return `<span class="who">${html(who)}</span> of ${html(issuerKey ?? issuer)}`;
}

function timesText({ count, last }: Pick<AuditedCalls, "count" | "last">): string {
  return html(`${counted(count, "time")}, last ${last}`);
}

/** For a role's card: each identity with how often it was seen, and when last. Nothing without a trail. */
export function seenList(
  reaches: readonly ReportReach[],
  identities: readonly ReportIdentity[],
  trail: AuditedTrail | null,
): string {
  if (trail === null) return "";
  // Unity Catalog assumes a role without a token, so that this trail does not say for whom
  const own = new Map(reaches.map((reach) => [reach.identity, reach.seen]));
  const items = [...own].flatMap(([id, seen]) => {
    const identity = identities[id];
    if (identity === undefined || identity.issuer === null) return [];
    const times = seen === null ? `not seen since ${trail.coverage.from}` : timesText(seen);
    return [
      `<li data-i="${id}">${link(`#i${id}`, withNames(identity.who, identity.names))}: ` +
        `<span class="times">${seen === null ? html(times) : times}</span></li>`,
    ];
  });
  return items.length === 0 ? "" : `<h4>Seen in CloudTrail</h4>${element("ul", { class: "seen" }, ...items)}`;
}
