/** A card for each role: what it may do, who gets in by which statement, and its trust policy. */
import { othersText } from "../explain/who-gets-in";
import { html, htmlText } from "../text/escape";
import { code, definitions, element, link } from "../text/markup";
import { counted } from "../text/words";
import { findingsOf } from "./findings-section";
import type { ReportPermission, ReportPermissions } from "./permissions";
import { seenList } from "./trail-section";
import { byKey, type ReportCallers, type ReportReach, type ReportRole, type ReportView } from "./view";

/** Up to this many cards are open; more are closed, as a list. */
const OPEN_ROLES = 10;

export function rolesSection(view: ReportView): string {
  const byRole = byKey(view.reaches, ({ role }) => role);
  const isOpen = view.roles.length <= OPEN_ROLES;
  return view.roles.map((role, index) => roleCard(role, index, byRole.get(role.key) ?? [], isOpen, view)).join("\n");
}

function roleCard(
  role: ReportRole,
  index: number,
  reaches: readonly ReportReach[],
  isOpen: boolean,
  view: ReportView,
): string {
  const standing = role.findings.filter(({ ignored }) => ignored === null);
  const worst = ["error", "warning", "note"].find((severity) => standing.some((one) => one.severity === severity));
  const identities = new Set(reaches.map(({ identity }) => identity)).size;
  const facts: (readonly [string, string])[] = [["Session", html(role.session)]];
  if (role.accounts.length > 0) facts.push(["AWS accounts", html(role.accounts.join(", "))]);
  return element(
    "details",
    { class: "card role", id: `r${index}`, "data-f": worst !== undefined, open: isOpen },
    `<summary><h3>${html(role.name)}</h3> <small>${counted(identities, "identity", "identities")}</small>`,
    worst === undefined ? "" : ` <span class="badge ${worst}">${worst}</span>`,
    view.trail?.unseen.roles.includes(role.key) === true ? ' <span class="badge">not seen</span>' : "",
    "</summary>",
    role.description === null ? "" : `<p class="lede">${html(role.description)}</p>`,
    `<p class="arn">${code(role.arn)}</p>`,
    findingsOf(role.findings),
    `<h4>What it may do</h4>${permissionsList(role.permissions)}`,
    `<h4>Who gets in</h4>${callersOf(role, index, reaches)}`,
    seenList(reaches, view.identities, view.trail),
    definitions("facts", facts),
    "<details><summary>Trust policy</summary>",
    element("pre", { tabindex: 0, "aria-label": `Trust policy of ${role.name}` }, policyText(role, index)),
    "</details>",
  );
}

/** Each statement as a sentence; the script shows the list again with each identity that reaches the role. */
function permissionsList({ managedPolicyArns, inlinePolicies, permissionsBoundaryArn }: ReportPermissions): string {
  const items = [
    ...inlinePolicies.flatMap(({ name, statements }) =>
      statements.map((statement) => `<li>${permissionText(statement)} <small>(${html(name)})</small></li>`),
    ),
    ...managedPolicyArns.map((arn) => `<li>${code(arn)} <small>(managed: its ARN alone is known)</small></li>`),
    ...(permissionsBoundaryArn === null
      ? []
      : [`<li>At most what the boundary ${code(permissionsBoundaryArn)} allows, of which the ARN alone is known</li>`]),
  ];
  return items.length === 0
    ? '<p class="what muted">The federation gives it no policy.</p>'
    : element("ul", { class: "what" }, ...items);
}

function permissionText(permission: ReportPermission): string {
  const { effect, actions, notActions, resources, notResources, conditions } = permission;
  const some = (texts: readonly string[], not: readonly string[], all: string): string =>
    [code(...texts), ...(not.length === 0 ? [] : [`${all} but ${code(...not)}`])]
      .filter((text) => text !== "")
      .join(" ");
  const what = some(actions, notActions, "every action");
  const on = some(resources, notResources, "every resource");
  return [
    effect === "Allow" ? "Allow" : `<strong>${html(effect)}</strong>`,
    what,
    ...(on === "" ? [] : [`on ${on}`]),
    ...(conditions.length === 0 ? [] : [`if ${conditions.map((condition) => code(condition)).join(" and ")}`]),
  ].join(" ");
}

/** Who gets in, decided for all requests, and why patterns may be wide. */
function callersOf(
  { callers, unsure, widePatterns }: ReportRole,
  index: number,
  reaches: readonly ReportReach[],
): string {
  const items = callers.map(({ words, statement }) => {
    const trust = reaches.find((reach) => reach.statement === statement)?.trust;
    const place =
      link(`#r${index}s${statement}`, `Statement ${statement}`) + (trust === undefined ? "" : `, ${html(trust)}`);
    return `<li>${words.map(wordText).join("")} <small>(${place})</small></li>`;
  });
  const others = othersText({ kinds: callers, unsure });
  const reasons = widePatterns.map(({ pattern, reason }) => `<li>${code(pattern)}: “${html(reason)}”</li>`);
  return [
    items.length === 0 ? "" : element("ul", { class: "callers" }, ...items),
    `<p class="muted">${html(others.charAt(0).toUpperCase() + others.slice(1))}.</p>`,
    ...(reasons.length === 0 ? [] : ["<p>Wide patterns, and why:</p>", element("ul", { class: "wide" }, ...reasons)]),
  ].join("");
}

function wordText(word: ReportCallers["words"][number]): string {
  return typeof word === "string" ? html(word) : link(`#i${word.identity}`, word.text);
}

/** The policy, one block for each statement, so that a statement can be linked to. */
function policyText({ trustPolicy }: ReportRole, index: number): string {
  const statements = trustPolicy.Statement.map((statement, at) =>
    element("span", { class: "statement", id: `r${index}s${at}` }, htmlText(JSON.stringify(statement, null, 1))),
  );
  return `{"Version": "${html(trustPolicy.Version)}", "Statement": [\n${statements.join(",\n")}\n]}`;
}
