/** Compares the permissions of a deployed role with the federation: its inline policies and those attached. Pure. */
import { listed } from "../../text/words";
import type { LintRole } from "../../trust/parsed/target";
import { type Check, checkOf, DEPLOY } from "../check";
import type { LiveRole } from "../fetch/live";
import { samePermissions } from "../same-policies";

/**
 * What the federation names must be there and mean the same. What others attached beside it is reported and is not
 * drift: a team may give its role permissions elsewhere, and Terraform leaves those alone too; lint checks them.
 */
export function policiesCheck(subject: string, declared: LintRole, { lint, policiesUnread }: LiveRole): Check {
  const { pass, fail, unread } = checkOf("role-policies", subject);
  if (policiesUnread !== null) return unread(policiesUnread);
  const [ours, theirs] = [inlineOf(declared), inlineOf(lint)];
  const wrong = [
    ...Object.entries(ours).flatMap(([name, document]) => {
      if (!Object.hasOwn(theirs, name)) return `it has no inline policy ${name}`;
      return samePermissions(document, theirs[name]) ? [] : `its inline policy ${name} differs from the federation`;
    }),
    ...declared.managedPolicyArns
      .filter((arn) => !lint.managedPolicyArns.includes(arn))
      .map((arn) => `${arn} is not attached`),
  ];
  const others = [
    ...Object.keys(theirs).flatMap((name) => (Object.hasOwn(ours, name) ? [] : `inline ${name}`)),
    ...lint.managedPolicyArns.filter((arn) => !declared.managedPolicyArns.includes(arn)),
  ];
  const beside = others.length === 0 ? "" : ` Beside the federation's it has: ${listed(others, 10)}.`;
  if (wrong.length > 0) {
    const faults = wrong.join("; ");
    return fail(`${faults.charAt(0).toUpperCase()}${faults.slice(1)}.${beside}`, DEPLOY);
  }
  const count = Object.keys(ours).length + declared.managedPolicyArns.length;
  const found = count === 0 ? "The federation gives it no policy" : `All ${count} are there, as in the federation`;
  return pass(`${found}.${beside}`);
}

/** Documents of managed policies are beside the inline ones, by ARN; a name has no colon. */
function inlineOf({ policies }: LintRole): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(policies).filter(([name]) => !name.includes(":")));
}
