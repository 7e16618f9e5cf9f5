/** `sts:AssumeRole`, which Unity Catalog uses. Not web identity: the caller is an AWS principal. */
import { durationOutOfRange } from "../../sts/claim-faults";
import { decide, type Decision, explainDecision, type PolicyRequest } from "../../trust/decide/decide";
import { actionCovers, statementsIn, textsOf } from "../../trust/parsed/parse-role";
import type { LintRole } from "../../trust/parsed/target";
import { momentsOf, revokedBefore } from "../../trust/revocation";
import { stringLike } from "../../trust/string-like";
import type { SimulatedRole } from "../directory/directory";
import {
  checkSessionPolicy,
  checkShapes,
  durationOf,
  roleArnOf,
  SHAPES,
  type StsCall,
  StsRefusal,
  tagsOf,
} from "./call";
import { assumedRoleUser, type Session } from "./session";

/** Maximum seconds of a session that another session requests: role chaining. */
const MOST_CHAINED = 3600;

/** Throws StsRefusal with what AWS would answer. */
export function assumeRole(call: StsCall, caller: Session): { readonly session: Session; readonly seconds: number } {
  const { parameters, now } = call;
  checkShapes(parameters, SHAPES.AssumeRole);
  const { arn, accountId } = roleArnOf(parameters);
  const seconds = durationOf(parameters) ?? MOST_CHAINED;
  const range = durationOutOfRange(seconds);
  if (range !== null) throw new StsRefusal(range.error.code, range.error.message);
  checkSessionPolicy(parameters);
  const tags = tagsOf(parameters);
  const role = call.accounts.get(accountId)?.roles.get(arn);
  const actions = [
    "sts:AssumeRole",
    ...(tags.size > 0 ? ["sts:TagSession"] : []),
    ...(parameters.has("SourceIdentity") ? ["sts:SetSourceIdentity"] : []),
  ];
  const request = requestOf(call, caller, tags);
  for (const action of actions) {
    const why = whyNot(call, caller, role, { ...request, action });
    if (why === null) continue;
    call.explain?.(`✗ ${caller.roleArn} cannot assume ${role?.name ?? arn} (${action})\n${why}`);
    throw new StsRefusal(
      "AccessDenied",
      `User: ${assumedRoleUser(caller).Arn} is not authorized to perform: ${action} on resource: ${arn}`,
      true,
    );
  }
  if (seconds > MOST_CHAINED)
    throw new StsRefusal(
      "ValidationError",
      "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining",
    );
  const session = {
    roleArn: arn,
    sessionName: parameters.get("RoleSessionName") ?? "",
    issued: now,
    expires: now + seconds,
    tags: Object.fromEntries(tags),
    sourceIdentity: parameters.get("SourceIdentity"),
    federatedProvider: null,
  };
  return { session, seconds };
}

/** Why the caller may not assume the role; null: it may. */
function whyNot(
  call: StsCall,
  caller: Session,
  role: SimulatedRole | undefined,
  request: PolicyRequest,
): string | null {
  if (role === undefined) return "  there is no such role in the sandbox";
  if (!decide(role.trust, request)) return decisionText(explainDecision(role.trust, request));
  const own = call.accounts.get(accountOf(caller.roleArn))?.roles.get(caller.roleArn);
  if (own !== undefined && isRevoked(own.source, caller))
    return "  the caller's session was issued before the moment that its role's revoke-sessions-before names";
  if (accountOf(role.arn) !== accountOf(caller.roleArn)) return null; // its own policies are in the other account
  if (namesRole(explainDecision(role.trust, request), caller.roleArn)) return null;
  if (own !== undefined && identityPolicyAllows(own.source, request.action, role.arn)) return null;
  return (
    "  the trust policy trusts the account's root, which only delegates: no inline policy of the caller's " +
    "role allows it"
  );
}

/** Whether the deciding statement trusts the role by its ARN, and not by its account. */
function namesRole(decision: Decision, arn: string): boolean {
  return decision.statements.some(
    ({ effect, verdict, source }) =>
      effect === "Allow" && verdict === "yes" && (source.principals?.["AWS"] ?? []).includes(arn),
  );
}

function accountOf(arn: string): string {
  return arn.split(":")[4] ?? "";
}

function requestOf(
  { parameters, now, context }: StsCall,
  caller: Session,
  tags: ReadonlyMap<string, string>,
): PolicyRequest {
  const keys = new Map<string, readonly string[]>([
    ["sts:rolesessionname", [parameters.get("RoleSessionName") ?? ""]],
    ["aws:securetransport", ["true"]],
    ["aws:currenttime", [new Date(now * 1000).toISOString()]],
    ["aws:epochtime", [String(now)]],
  ]);
  for (const [name, values] of Object.entries(context)) keys.set(name.toLowerCase(), values);
  const given: readonly (readonly [string, readonly string[] | undefined])[] = [
    ["sts:externalid", single(parameters.get("ExternalId"))],
    ["sts:sourceidentity", single(parameters.get("SourceIdentity"))],
    ["aws:principalarn", [caller.roleArn]],
    ["aws:principalaccount", [accountOf(caller.roleArn)]],
    ["aws:principaltype", ["AssumedRole"]],
    ["aws:federatedprovider", single(caller.federatedProvider)],
    ["aws:tokenissuetime", [new Date((caller.issued ?? now) * 1000).toISOString()]],
    ["aws:userid", [assumedRoleUser(caller).AssumedRoleId]],
    ["aws:tagkeys", tags.size === 0 ? undefined : [...tags.keys()]],
    ...[...tags].map(([name, value]) => [`aws:requesttag/${name.toLowerCase()}`, [value]] as const),
    ...Object.entries(caller.tags).map(([name, value]) => [`aws:principaltag/${name.toLowerCase()}`, [value]] as const),
  ];
  for (const [name, values] of given) {
    if (values === undefined) keys.delete(name);
    else keys.set(name, values);
  }
  return { action: "sts:AssumeRole", principal: { kind: "AWS", arn: caller.roleArn }, keys };
}

function single(value: string | null): readonly string[] | undefined {
  return value === null ? undefined : [value];
}

function decisionText({ statements }: Decision): string {
  const mark = (yes: boolean): string => (yes ? "✓" : "✗");
  return statements
    .flatMap(({ index, effect, verdict, principal, action, conditions }) => [
      `  ${mark(verdict === "yes")} statement ${index} (${effect})`,
      `    ${mark(principal === "yes")} Principal`,
      `    ${mark(action)} Action`,
      ...conditions.map(
        (condition) =>
          `    ${mark(condition.verdict === "yes")} ${condition.operator} ${condition.key}: ` +
          `expected ${condition.expected.slice(0, 5).join(", ")}; ` +
          `actual ${condition.actual?.join(", ") ?? "not in the request"}`,
      ),
    ])
    .join("\n");
}

/** Whether a policy of the role refuses the session that the caller has. */
function isRevoked(role: LintRole, { issued }: Session): boolean {
  const moment = revokedBefore(role.policies);
  return moment !== null && issued !== null && issued * 1000 < Date.parse(moment);
}

/**
 * Whether the role's own policies allow the action, as far as the self-assumption of Unity Catalog needs it: Allow
 * without conditions, Deny in any case. What is not known (AWS' own managed policies) allows nothing.
 */
function identityPolicyAllows(role: LintRole, action: string, resource: string): boolean {
  let allowed = false;
  for (const statement of Object.values(role.policies).flatMap(statementsIn)) {
    if (!textsOf(statement["Action"]).some((name) => actionCovers(name, action))) continue;
    if (!textsOf(statement["Resource"]).some((arn) => stringLike(arn, resource))) continue;
    if (statement["Effect"] === "Deny" && momentsOf(statement).length === 0) return false;
    if (statement["Effect"] === "Allow" && statement["Condition"] === undefined) allowed = true;
  }
  return allowed;
}
