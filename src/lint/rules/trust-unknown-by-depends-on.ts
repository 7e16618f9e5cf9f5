import { listed } from "../../text/words";
import { addressWithoutKeys } from "../../trust/documents/module-calls";
import { callExample } from "../examples";
import type { PlanRule } from "../rule";
import { SOURCES } from "../sources";

const ACCOUNT_INPUTS = ["aws_account_id", "aws_partition"];
const DEPENDS_ON = { dependsOn: ["aws_s3_bucket.lake"] };

export const trustUnknownByDependsOn: PlanRule = {
  id: "trust-unknown-by-depends-on",
  on: "plan",
  severity: "warning",
  title: "Module that waits for something, without its AWS account",
  why:
    "With `depends_on` Terraform reads the module's data sources at apply whenever what it waits for changes; the " +
    "account, and with it every trust policy, is then unknown in the plan, and no one can review or check it.",
  fix: "Give aws_account_id and aws_partition to the module, or remove depends_on.",
  good: callExample({ aws_account_id: "111122223333", aws_partition: "aws" }, DEPENDS_ON),
  bad: callExample({}, DEPENDS_ON),
  source: SOURCES.dependsOn,
  check: ({ calls }, { unread = [] }) =>
    calls.flatMap(({ path, given, dependsOn }) => {
      const missing = ACCOUNT_INPUTS.filter((input) => !given.includes(input));
      if (dependsOn.length === 0 || missing.length === 0) return [];
      const below = unread.filter((role) => addressWithoutKeys(role.path).startsWith(`${path}.`));
      const effect =
        below.length === 0
          ? "when that changes, no trust policy is known in the plan"
          : `no trust policy is known in this plan (roles: ${below.length})`;
      const message = `It waits for ${listed(dependsOn, 3)} and has no ${missing.join(" or ")}: ${effect}.`;
      return [{ path, message }];
    }),
};
