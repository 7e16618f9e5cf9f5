/** What constructs refuse at synthesis, and what must be unique in a whole stack, whichever construct it came from. */
import type { TerraformProvider } from "cdktf";
import { TerraformDataSource, TerraformElement, TerraformResource, TerraformStack } from "cdktf";
import type { Construct, IConstruct } from "constructs";
import type { Problem } from "../errors";
import { formatProblem, refuse } from "../errors";
import type { Finding } from "../lint/run-rules";
import { logicalId } from "../federation/logical-id";
import { aliasOf, isAccountSource } from "./aws-account";
import { refuseOtherCopy, refuseOtherKit } from "./own-kit";

const ID = "databricks-aws-oidc";

/** Finds what is wrong: of the props, or, by lint, of the policies. */
type Check = () => readonly (Problem | Finding)[];

interface Registered {
  readonly resource: TerraformResource;
  readonly construct: Construct;
  readonly name: string;
  readonly provider: TerraformProvider | undefined;
}

/**
 * One a stack. Problems reach the user as validations do, all at once; where validations are skipped (`skipValidation`,
 * `Testing.synth`) the guard refuses by itself, so that no stack is written without what was refused: Terraform would
 * destroy it. It looks last, after Aspects, at what will be written.
 */
export class StackGuard extends TerraformElement {
  readonly #checks: Check[] = [];
  readonly #issuers: Registered[] = [];
  readonly #roles: Registered[] = [];
  readonly #names = new Map<string, Construct>();

  /** Throws InputError where the stack holds what is made with the other kit or copy. Code: kit-mismatch. */
  static of(construct: Construct): StackGuard {
    const stack = TerraformStack.of(construct);
    const made = stack.node.tryFindChild(ID);
    if (made instanceof StackGuard) return made;
    for (const other of stack.node.findAll()) refuseOtherKit(other, other.node.path);
    refuseOtherCopy(made, construct.node.path);
    const guard = new StackGuard(stack, ID);
    guard.add(stack, () => [
      ...collisions(
        "issuer-collision",
        guard.#issuers,
        (name) => `register the issuer ${name}`,
        "an AWS account holds one provider per issuer",
      ),
      ...collisions(
        "role-name-collision",
        guard.#roles,
        (name) => `make a role called ${name}`,
        "IAM role names are case-insensitive",
      ),
      ...[...guard.#issuers, ...guard.#roles].flatMap(otherProvider),
      ...addressCollisions(stack),
    ]);
    return guard;
  }

  /** Refuses what `check` finds at synthesis. One line each: `place: what is wrong. What to do. [code]`. */
  add(construct: Construct, check: Check): void {
    this.#checks.push(check);
    construct.node.addValidation({ validate: () => check().map(lineOf) });
  }

  /** Refuses a second provider of `name` in an AWS account. Code: issuer-collision. */
  addIssuer(registered: Registered): void {
    this.#issuers.push(registered);
  }

  /** Refuses a second role called `name` in an AWS account; IAM ignores case. Code: role-name-collision. */
  addRole(registered: Registered): void {
    this.#roles.push({ ...registered, name: registered.name.toLowerCase() });
  }

  /**
   * The first part of logical IDs of `construct`: `name`, or, where another construct of this stack has that, with the
   * IDs of the scopes it is in before it. So the IDs of the first stay when the same is made once more elsewhere.
   */
  uniqueName(construct: Construct, kind: string, name: string): string {
    const key = `${kind} ${name}`;
    if (!this.#names.has(key)) this.#names.set(key, construct);
    if (this.#names.get(key) === construct) return name;
    const scopes = construct.node.scopes.slice(this.cdktfStack.node.scopes.length, -1);
    return logicalId(...scopes.map((scope) => scope.node.id), name);
  }

  /** CDKTF reads the metadata of every element last of all, and only when it writes the stack. */
  override toMetadata(): object {
    refuse(this.#checks.flatMap((check) => check().map(problemOf)));
    return {};
  }
}

/** A finding of lint has a rule in place of a code. */
function lineOf(found: Problem | Finding): string {
  return "code" in found ? formatProblem(found) : `${found.path}: ${found.message} ${found.fix} [${found.rule}]`;
}

function problemOf(found: Problem | Finding): Problem {
  if ("code" in found) return found;
  const { path, message, fix, rule } = found;
  return { code: "lint-error", path, message, fix: `${fix} (${rule})` };
}

function collisions(
  code: Problem["code"],
  registered: readonly Registered[],
  doing: (name: string) => string,
  why: string,
): readonly Problem[] {
  const seen = new Map<string, string>();
  return registered.flatMap(({ resource, construct: { node }, name }): readonly Problem[] => {
    const key = `${aliasOf(resource.provider)} ${name}`;
    const other = seen.get(key);
    seen.set(key, node.path);
    if (other === undefined) return [];
    const message = `${other} and ${node.path} both ${doing(name)}; ${why}.`;
    return [{ code, message, path: node.path, fix: "Remove one of them." }];
  });
}

/** An Aspect that gives resources another provider leaves account and partition those of the first. */
function otherProvider({ resource, construct, provider }: Registered): readonly Problem[] {
  if (aliasOf(resource.provider) === aliasOf(provider)) return [];
  const name = resource.provider?.alias ?? "the default";
  return [
    {
      code: "aws-provider-mismatch",
      message:
        `The resource uses another AWS provider (${name}) than its construct; ` +
        `its policies name the construct's account.`,
      path: construct.node.path,
      fix: "Give the construct the property provider, instead of setting it on the resource.",
    },
  ];
}

/** Two elements with one Terraform address: CDKTF would write the last of them and say nothing. */
function addressCollisions(stack: TerraformStack): readonly Problem[] {
  const problems: Problem[] = [];
  const seen = new Map<string, IConstruct>();
  const visit = (construct: IConstruct): void => {
    const address = addressOf(construct);
    const other = address === undefined ? undefined : seen.get(address);
    if (address !== undefined && other === undefined) seen.set(address, construct);
    if (address !== undefined && other !== undefined)
      problems.push({
        code: "logical-id-collision",
        message:
          `${other.node.path} and ${construct.node.path} would both be ${address}; ` +
          `Terraform would get one of them only.`,
        path: construct.node.path,
        // the data source that asks for the account has been called `current` in every stack: its name stays
        fix: [other, construct].some(isAccountSource)
          ? "Rename your data source, or set awsAccountId and awsPartition."
          : "Rename one of the two keys, or the federation it belongs to.",
      });
    for (const child of construct.node.children) if (!TerraformStack.isStack(child)) visit(child);
  };
  visit(stack);
  return problems;
}

function addressOf(construct: IConstruct): string | undefined {
  if (!TerraformElement.isTerraformElement(construct)) return undefined;
  if (TerraformResource.isTerraformResource(construct))
    return `${construct.terraformResourceType}.${construct.friendlyUniqueId}`;
  if (TerraformDataSource.isTerraformDataSource(construct))
    return `data.${construct.terraformResourceType}.${construct.friendlyUniqueId}`;
  return undefined;
}
