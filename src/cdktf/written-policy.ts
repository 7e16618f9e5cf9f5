/** A role's trust policy as it will be written: an Aspect or an override may have changed what was checked. */
import type { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import type { Problem } from "../errors";
import { readPolicy } from "../trust/decide/document";
import { compare } from "../trust/exact/compare";
import type { AwsAccount } from "./aws-account";

/**
 * Refuses a trust policy of `role` that lets in callers whom the one that was checked, `text`, does not. Codes:
 * trust-policy-unreadable, trust-policy-changed.
 */
export function checkWrittenPolicy(role: IamRole, text: string, account: AwsAccount): readonly Problem[] {
  const written = writtenPolicy(role);
  if (written === text) return [];
  const { path } = role.node;
  // what Terraform makes of an expression may be other JSON: a condition may stand between `%{ if false }` and its end
  const isUnknown = typeof written !== "string" || account.isUnknown(written);
  const read = isUnknown ? undefined : readPolicy(account.read(written));
  if (read?.ok !== true) {
    const why = read?.ok === false ? read.why : "";
    return [
      {
        code: "trust-policy-unreadable",
        message: isUnknown
          ? "An Aspect or an override replaced the trust policy by what can only be read when it is applied."
          : `The replaced trust policy is invalid: ${why}.`,
        path,
        fix: "Say whom the role trusts in its trusts, or give the policy as JSON text without tokens.",
      },
    ];
  }
  const declared = readPolicy(account.read(text));
  const compared = declared.ok ? compare(read.policy, declared.policy) : undefined;
  if (compared?.kind === "none") return [];
  return [
    {
      code: "trust-policy-changed",
      message:
        compared?.kind === "wider"
          ? "An Aspect or an override changed the trust policy: it lets in callers that the role's trusts do not."
          : "The replaced trust policy could not be compared with the role's trusts: " +
            `${compared?.why ?? "they hold values that only Terraform knows"}.`,
      path,
      fix: "Say whom the role trusts in its trusts, or use an IamRole of your own for others.",
    },
  ];
}

function writtenPolicy(role: IamRole): unknown {
  const attribute = "assume_role_policy";
  const stack = [role.cdktfStack["rawOverrides"], "resource", "aws_iam_role", role.friendlyUniqueId, attribute];
  return member(stack) ?? member([role["rawOverrides"], attribute]) ?? role.assumeRolePolicyInput;
}

/** What an override says at a path; a list on the way, which Terraform takes for a block too, as it is. */
function member([value, ...path]: readonly unknown[]): unknown {
  return path.reduce<unknown>((found, key) => {
    if (Array.isArray(found)) return found;
    return typeof found === "object" && found !== null ? Reflect.get(found, String(key)) : undefined;
  }, value);
}
