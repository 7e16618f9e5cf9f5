import { denyStatement } from "../../trust/build";
import { subjectPatterns } from "../../trust/parsed/parse-role";
import type { ParsedRole, ParsedStatement } from "../../trust/parsed/parsed-role";
import {
  AUD,
  EXAMPLE_AUDIENCE,
  EXAMPLE_SUBJECT,
  policyOf,
  RIGHT_STATEMENT,
  roleExample,
  statement,
  SUB,
} from "../examples";
import type { RoleRule } from "../rule";

/** Another subject in a Deny that is there already: a UUID, its quotes and a comma. */
const ONE_MORE = EXAMPLE_SUBJECT.length + 3;
const PATTERN = statement({
  Condition: { StringEquals: { [AUD]: EXAMPLE_AUDIENCE }, StringLike: { [SUB]: "*@data.example.com" } },
});

export const noRoomToSuspend: RoleRule = {
  id: "no-room-to-suspend",
  on: "role",
  severity: "warning",
  title: "A pattern, and no room for a Deny",
  why:
    "Suspending an identity that a pattern matches takes a Deny, and the policy has no room for the Deny of one " +
    "service principal.",
  fix: "Shorten the lists, split the role, or raise the quota and set trustPolicyMaxLength.",
  good: RIGHT_STATEMENT,
  bad: roleExample(
    { subjectPatterns: ["*@data.example.com"], assume_role_policy: "2,000 characters" },
    { policy: policyOf(PATTERN), quota: JSON.stringify(policyOf(PATTERN)).length + 48 },
  ),
  source: "docs/suspending.md",
  check: (parsed) => {
    const { role, characters, statements } = parsed;
    const open = statements.filter((one) => one.letsWebIdentitiesIn && subjectPatterns(one).length > 0);
    const needed = roomFor(open, parsed);
    if (needed === 0 || characters > role.quota || characters + needed <= role.quota) return [];
    return [
      {
        message:
          `To suspend one subject takes ${needed} characters beside the ${characters} of the trust policy; the quota ` +
          `is ${role.quota}.`,
      },
    ];
  },
};

/** Characters of what suspending a service principal adds: a Deny for each issuer with a pattern, or a value in one. */
function roomFor(open: readonly ParsedStatement[], { statements }: ParsedRole): number {
  const providers = new Map(
    open.flatMap(({ providers: of }) => of.map((provider) => [provider.arn, provider] as const)),
  );
  const denied = new Set(
    statements
      .filter(({ effect, sub }) => effect === "Deny" && sub.length > 0)
      .flatMap(({ providers: of }) => of.map(({ arn }) => arn)),
  );
  return [...providers.values()].reduce((sum, { arn, issuerPath }) => {
    if (denied.has(arn)) return sum + ONE_MORE;
    const issuer = { conditionKeys: { sub: `${issuerPath}:sub` }, providerArn: arn };
    return sum + 1 + JSON.stringify(denyStatement([EXAMPLE_SUBJECT], issuer)).length;
  }, 0);
}
