import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { IamRolePolicyAttachment } from "@cdktf/provider-aws/lib/iam-role-policy-attachment";
import type { TerraformProvider } from "cdktf";
import { Fn } from "cdktf";
import { Construct } from "constructs";
import type { Problem } from "../errors";
import type { PolicyRole } from "../federation/check-policies";
import type { FederationRole, Settings } from "../federation/model";
import { formatPath } from "../federation/path";
import { ROLE_ARN } from "../federation/rules";
import type { Partition } from "../issuer/rules";
import { violation } from "../text/text-rule";
import type { AddedPolicies } from "./added-policies";
import { checkAddedPolicies, policyId } from "./added-policies";
import { keyProblem } from "./given-props";
import type { InlinePolicy } from "./inline-policies";
import { checkSettings } from "./settings";
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
  readonly #settings: Settings;
  readonly #problems: Problem[];
  #seen: PolicyRole & Pick<FederationRole, "key">;

  /** @internal `DatabricksFederatedRole.fromRoleArn` makes it. */
  constructor(scope: Construct, id: string, roleArn: string, given: TerraformProvider | undefined) {
    super(scope, id);
    const isText = typeof roleArn === "string";
    const isToken = isText && holdsToken(roleArn);
    const problem = !isText ? notText() : isToken ? undefined : violation(ROLE_ARN, roleArn, "roleArn");
    const isKnown = !isToken && problem === undefined;
    const [, awsPartition, , , awsAccountId] = isKnown ? roleArn.split(":") : [];
    const settings = checkSettings("role", {
      provider: given,
      awsAccountId,
      awsPartition: awsPartition as Partition | undefined,
    });
    const { provider } = settings.known;
    this.arn = roleArn;
    this.name = isToken ? Fn.element(Fn.reverse(Fn.split("/", roleArn)), 0) : String(roleArn).replace(/^.*\//s, "");
    this.#shared = { role: this.name, ...(provider === undefined ? {} : { provider }) };
    this.#settings = settings.settings;
    this.#problems = [...(problem === undefined ? [] : [problem]), ...settings.problems];
    this.#seen = { ...NO_POLICIES, key: id, name: this.name };
    StackGuard.of(this).add(this, () => this.#problems);
  }

  /**
   * Attaches a managed policy; `key` is its name in this construct, `policyArn` may be a token. Problems come at
   * synthesis, as those of `DatabricksFederatedRole.addManagedPolicy` do.
   */
  addManagedPolicy(key: string, policyArn: string): IamRolePolicyAttachment {
    const isNew = this.#add(key, { managedPolicyArns: { [key]: policyArn } }) !== null;
    const id = policyId(this, "managed-policy", key, isNew);
    return new IamRolePolicyAttachment(this, id, { ...this.#shared, policyArn: isNew ? policyArn : "refused" });
  }

  /** Gives the role an inline policy called `name`. Problems come at synthesis, as above. */
  addInlinePolicy(name: string, policy: InlinePolicy): IamRolePolicy {
    const added = this.#add(name, { inlinePolicies: { [name]: policy } });
    const text = added?.[name] ?? "{}";
    const id = policyId(this, "inline-policy", name, added !== null);
    return new IamRolePolicy(this, id, { ...this.#shared, name, policy: terraformText(text, NOTHING_ASKED) });
  }

  /** JSON of the inline policies by name; null where the policies are refused. */
  #add(key: unknown, added: AddedPolicies): Readonly<Record<string, string>> | null {
    const wrong = keyProblem(key, formatPath(["roles", this.#seen.key]));
    if (wrong !== undefined) {
      this.#problems.push(wrong);
      return null;
    }
    const { seen, texts, problems } = checkAddedPolicies(this.#seen, added, this.#settings);
    this.#problems.push(...problems);
    if (seen === undefined) return null;
    this.#seen = { ...this.#seen, ...seen };
    return texts;
  }
}

function notText(): Problem {
  return { code: "wrong-type", message: "Must be a string.", path: "roleArn", fix: "Give the role's ARN: role.arn." };
}

/** Which policies the role has already is not known here. */
const NO_POLICIES = {
  accounts: null,
  inlinePolicies: {},
  managedPolicyArns: {},
  path: "/",
  permissionsBoundaryArn: null,
  sessionsRevokedBefore: null,
  trusts: [],
} as const satisfies Partial<PolicyRole>;
