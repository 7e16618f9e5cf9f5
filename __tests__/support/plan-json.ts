/** Terraform's JSON of plans, as `terraform show -json` prints it, made without Terraform. */
import type { Members } from "../../src/text/members";

/** One entry of `resource_changes`: `before` and `after` null where the resource is made or deleted. */
export function resourceChange(
  address: string,
  before: Members | null,
  after: Members | null,
  unknown: Members = {},
): Members {
  const type = /(?:^|\.)(aws_[a-z_]+)\.[^.]+$/.exec(address)?.[1] ?? "";
  const actions =
    before === null
      ? ["create"]
      : after === null
        ? ["delete"]
        : JSON.stringify(before) === JSON.stringify(after)
          ? ["no-op"]
          : ["update"];
  return { address, mode: "managed", type, name: "this", change: { actions, before, after, after_unknown: unknown } };
}

/** A plan of these changes; `rest` adds variables, prior state or configuration. */
export function planOf(changes: readonly Members[], rest: Members = {}): Members {
  return {
    format_version: "1.2",
    terraform_version: "1.11.4",
    planned_values: { root_module: {} },
    resource_changes: changes,
    ...rest,
  };
}

/** A web identity trust policy as JSON text. */
export function trustText(
  issuerPath: string,
  audience: string,
  subjects: readonly string[],
  more: Members = {},
): string {
  const exact = subjects.filter((subject) => !subject.includes("*"));
  const patterns = subjects.filter((subject) => subject.includes("*"));
  const guarded = (condition: Members): Members => ({
    Effect: "Allow",
    Action: ["sts:AssumeRoleWithWebIdentity"],
    Principal: { Federated: [`arn:aws:iam::111122223333:oidc-provider/${issuerPath}`] },
    Condition: { ...condition, ...more },
  });
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      ...(exact.length > 0
        ? [guarded({ StringEquals: { [`${issuerPath}:aud`]: [audience], [`${issuerPath}:sub`]: exact } })]
        : []),
      ...(patterns.length > 0
        ? [
            guarded({
              StringEquals: { [`${issuerPath}:aud`]: [audience] },
              StringLike: { [`${issuerPath}:sub`]: patterns },
            }),
          ]
        : []),
    ],
  });
}
