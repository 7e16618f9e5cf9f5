import { conditionExample, GUARDS } from "../examples";
import { violationAt } from "../guards";
import { FROM_OFFICE } from "../examples";
import { requires } from "../guards";
import type { StatementRule } from "../rule";
import { SOURCES } from "../sources";

export const networkNeverTrue: StatementRule = {
  id: "network-never-true",
  on: "statement",
  severity: "error",
  title: "An address and a VPC endpoint required together",
  why:
    "A request through a VPC endpoint has no aws:SourceIp, and any other has none of aws:SourceVpce, aws:SourceVpc, " +
    "aws:SourceVpcArn and aws:VpcSourceIp: they are never present at once, so no one gets in.",
  fix: "Write two statements (two trusts), one for each network.",
  good: conditionExample({ ...GUARDS, ...FROM_OFFICE }),
  bad: conditionExample({
    StringEquals: { ...GUARDS.StringEquals, "aws:SourceVpce": "vpce-0123456789abcdef0" },
    ...FROM_OFFICE,
  }),
  source: SOURCES.vpcKeys,
  check: (candidate) => {
    const required = new Set(candidate.conditions.filter(requires).map(({ key }) => key.toLowerCase()));
    const inside = ["aws:SourceVpce", "aws:SourceVpc", "aws:SourceVpcArn", "aws:VpcSourceIp"].find((key) =>
      required.has(key.toLowerCase()),
    );
    return required.has("aws:sourceip") && inside !== undefined
      ? [violationAt(candidate, "Condition", `aws:SourceIp and ${inside} are both required.`)]
      : [];
  },
};
