import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { IamRolePolicyAttachment } from "@cdktf/provider-aws/lib/iam-role-policy-attachment";
import type { TerraformProvider } from "cdktf";
import { Fn } from "cdktf";
import { Construct } from "constructs";
import type { Problem } from "../errors";
import { POLICY_ARN, ROLE_ARN } from "../federation/rules";
import { violation } from "../text/text-rule";
import type { Json } from "../trust/canonical-json";
import { canonicalJson } from "../trust/canonical-json";
import type { InlinePolicy } from "./inline-policies";
import { checkInlinePolicies } from "./inline-policies";
import { StackGuard } from "./stack-guard";
import { NOTHING_ASKED, terraformText } from "./terraform-text";
import { holdsToken } from "./tokens";

/**
 * A role that exists and is not managed here: its trust policy stays as it is, policies can be added to it.
 *
 * @example
 * ```ts
 * import { DatabricksFederatedRole, type ExistingRole } from "databricks-aws-oidc/cdktf";
 * import { App, TerraformStack } from "cdktf";
 * const stack = new TerraformStack(new App(), "lake");
 * const arn = "arn:aws:iam::111122223333:role/lake-reader";
 * const reader: ExistingRole = DatabricksFederatedRole.fromRoleArn(stack, "reader", arn);
 * reader.addManagedPolicy("read", "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess");
 * ```
 */
export class ExistingRole extends Construct {
  /** As given; may be a token. */
  readonly arn: string;
  /** Name of the role: what follows the last `/` of its ARN. */
  readonly name: string;
  readonly #shared: { role: string; provider?: TerraformProvider };
  readonly #problems: Problem[] = [];

  /** @internal `DatabricksFederatedRole.fromRoleArn` makes it. */
  constructor(scope: Construct, id: string, roleArn: string, provider: TerraformProvider | undefined) {
    super(scope, id);
    this.arn = roleArn;
    this.name = holdsToken(roleArn)
      ? Fn.element(Fn.reverse(Fn.split("/", roleArn)), 0)
      : String(roleArn).replace(/^.*\//s, "");
    this.#shared = { role: this.name, ...(provider === undefined ? {} : { provider }) };
    this.#refuse(ROLE_ARN, roleArn, "roleArn");
    StackGuard.of(this).add(this, () => this.#problems);
  }

  /** Attaches a managed policy; `key` is its name in this construct, `policyArn` may be a token. */
  addManagedPolicy(key: string, policyArn: string): IamRolePolicyAttachment {
    this.#refuse(POLICY_ARN, policyArn, key);
    return new IamRolePolicyAttachment(this, `managed-policy-${key}`, { ...this.#shared, policyArn });
  }

  /** Gives the role an inline policy called `name`. */
  addInlinePolicy(name: string, policy: InlinePolicy): IamRolePolicy {
    const { documents, tokens, problems } = checkInlinePolicies({ [name]: policy }, []);
    this.#problems.push(...problems);
    const text = tokens.get(name) ?? (problems.length > 0 ? "{}" : canonicalJson(documents[name] as Json));
    return new IamRolePolicy(this, `inline-policy-${name}`, {
      ...this.#shared,
      name,
      policy: terraformText(text, NOTHING_ASKED),
    });
  }

  #refuse(rule: typeof ROLE_ARN | typeof POLICY_ARN, arn: string, path: string): void {
    const problem = holdsToken(arn) ? undefined : violation(rule, String(arn), path);
    if (problem !== undefined) this.#problems.push(problem);
  }
}
