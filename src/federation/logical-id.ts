/**
 * The names of resources in Terraform's address space: one pure function, shared by the constructs, by
 * `generate root --style resources` and by the `moved` blocks of `--style modules`.
 */
import type { Problem } from "../errors";
import { addedPolicyNames } from "./account-view";
import type { Federation } from "./model";
import { formatPath } from "./path";

/**
 * `parts` joined by `_`, every character that Terraform takes in no name replaced by `-`; a name that would start with
 * anything but a letter or `_` gets a `_` in front. E.g. `("lakehouse", "lake-reader", "read")` ->
 * `lakehouse_lake-reader_read`.
 *
 * @example
 * ```ts
 * import { logicalId } from "databricks-aws-oidc";
 * logicalId("lakehouse", "lake-reader"); // the Terraform name of the role of a construct called lakehouse
 * ```
 */
export function logicalId(...parts: readonly string[]): string {
  const name = parts.join("_").replace(/[^A-Za-z0-9_-]/g, "-");
  return /^[A-Za-z_]/.test(name) ? name : `_${name}`;
}

/**
 * Two things of one resource type that would share a name: CDKTF would silently drop one. Code: logical-id-collision.
 */
export function logicalIdProblems(federation: Federation): readonly Problem[] {
  const problems: Problem[] = [];
  const taken = new Map<string, string>();
  const take = (type: string, id: string, path: string): void => {
    const address = `${type}.${id}`;
    const other = taken.get(address);
    if (other !== undefined) {
      problems.push({
        code: "logical-id-collision",
        message: `${path} and ${other} would both be ${address}.`,
        path,
        fix: "Rename one: + = , . @ and space all become - in a resource's name.",
      });
    }
    taken.set(address, path);
  };
  for (const key of Object.keys(federation.issuers))
    take("aws_iam_openid_connect_provider", logicalId(federation.name, key), formatPath(["issuers", key]));
  for (const role of federation.roles) {
    const path = ["roles", role.key];
    take("aws_iam_role", logicalId(federation.name, role.key), formatPath(path));
    for (const key of Object.keys(role.managedPolicyArns))
      take(
        "aws_iam_role_policy_attachment",
        logicalId(federation.name, role.key, key),
        formatPath([...path, "managedPolicyArns", key]),
      );
    for (const key of new Set([...Object.keys(role.inlinePolicies), ...addedPolicyNames(role)]))
      take(
        "aws_iam_role_policy",
        logicalId(federation.name, role.key, key),
        formatPath([...path, "inlinePolicies", key]),
      );
  }
  return problems;
}
