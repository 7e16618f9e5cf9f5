/** Judges what a deployed role may do against the federation: its inline policies and those attached. Pure. */
import type { LintRole } from "../../trust/parsed/target";
import type { Check } from "../check";
import { DEPLOY, fail, pass, unknown } from "../check";
import type { LiveRole } from "../fetch/live";
import { samePermissions } from "../same-permissions";

/**
 * What the federation names must be there and say the same. What others attached beside it is told and is no drift: a
 * team
 * may give its role permissions elsewhere, and Terraform leaves those alone too; lint judges them.
 */
export function policiesCheck(subject: string, declared: LintRole, { lint, policiesUnread }: LiveRole): Check {
  if (policiesUnread !== null)
    return unknown("role-policies", subject, policiesUnread.message, policiesUnread.fix, policiesUnread.code);
  const [ours, theirs] = [policiesOf(declared), policiesOf(lint)];
  const wrong = [
    ...[...ours.inline].flatMap(([name, document]) => {
      if (!theirs.inline.has(name)) return [`it has no inline policy ${name}`];
      return samePermissions(document, theirs.inline.get(name))
        ? []
        : [`its inline policy ${name} says something else than the federation`];
    }),
    ...ours.attached.filter((arn) => !theirs.attached.includes(arn)).map((arn) => `${arn} is not attached`),
  ];
  const beside = [
    ...[...theirs.inline.keys()].filter((name) => !ours.inline.has(name)).map((name) => `inline ${name}`),
    ...theirs.attached.filter((arn) => !ours.attached.includes(arn)),
  ];
  const also =
    beside.length === 0
      ? ""
      : ` Beside the federation it has: ${beside.slice(0, 10).join(", ")}${beside.length > 10 ? `, and ${beside.length - 10} more` : ""}.`;
  if (wrong.length > 0) return fail("role-policies", subject, `${sentence(wrong.join("; "))}.${also}`, DEPLOY);
  const count = ours.inline.size + ours.attached.length;
  return pass(
    "role-policies",
    subject,
    `${count === 0 ? "The federation gives it no policy" : `${count} of ${count} are there, and say what the ` + `federation says`}.${also}`,
  );
}

interface Policies {
  readonly inline: ReadonlyMap<string, unknown>;
  readonly attached: readonly string[];
}

/** Documents of managed policies stand beside the inline ones, by ARN; a name has no colon. */
function policiesOf({ policies, managedPolicyArns }: LintRole): Policies {
  return {
    inline: new Map(Object.entries(policies).filter(([name]) => !name.includes(":"))),
    attached: managedPolicyArns,
  };
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
