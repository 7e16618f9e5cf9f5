/** What constructs refuse at synthesis, and what must be unique in a whole stack, whichever construct it came from. */
import { TerraformDataSource, TerraformElement, TerraformResource, TerraformStack } from "cdktf";
import type { Construct, IConstruct } from "constructs";
import type { Problem } from "../errors";
import { formatProblem } from "../errors";
import type { Finding } from "../lint/run-rules";

/**
 * Lets CDKTF print problems at synthesis, together with those of every other construct, instead of throwing the
 * first. One line each: `place: what is wrong. What to do. [code]`. A finding of lint has a rule in place of a code.
 */
export function refuseAtSynthesis(construct: Construct, problems: () => readonly (Problem | Finding)[]): void {
  construct.node.addValidation({
    validate: () =>
      problems().map((problem) =>
        "code" in problem
          ? formatProblem(problem)
          : formatProblem({ ...problem, code: problem.rule as Problem["code"] }),
      ),
  });
}

/** What the constructs of a stack make, compared at synthesis. */
interface Made {
  readonly issuers: Map<string, string>;
  readonly roleNames: Map<string, string>;
  readonly problems: Problem[];
}

const stacks = new WeakMap<TerraformStack, Made>();

/** The first call for a stack adds the one validation that compares everything. */
function madeIn(construct: Construct): Made {
  const stack = TerraformStack.of(construct);
  const known = stacks.get(stack);
  if (known !== undefined) return known;
  const made: Made = { issuers: new Map(), roleNames: new Map(), problems: [] };
  stacks.set(stack, made);
  refuseAtSynthesis(stack, () => [...made.problems, ...addressCollisions(stack)]);
  return made;
}

/** Refuses a second provider of `issuer` in the stack of `provider`. Code: issuer-collision. */
export function registerIssuer(provider: Construct, issuer: string): void {
  const { issuers, problems } = madeIn(provider);
  problems.push(
    ...taken(issuers, issuer, provider, {
      code: "issuer-collision",
      what: `register the issuer ${issuer}; an AWS account holds one provider per issuer`,
    }),
  );
}

/** Refuses a second role called `name` in the stack of `role`; IAM ignores case. Code: role-name-collision. */
export function registerRoleName(role: Construct, name: string): void {
  const { roleNames, problems } = madeIn(role);
  const lower = name.toLowerCase();
  problems.push(
    ...taken(roleNames, lower, role, {
      code: "role-name-collision",
      what: `make a role called ${lower}; IAM's names do not mind case`,
    }),
  );
}

function taken(
  by: Map<string, string>,
  name: string,
  construct: Construct,
  { code, what }: { readonly code: Problem["code"]; readonly what: string },
): readonly Problem[] {
  const other = by.get(name);
  const { path } = construct.node;
  by.set(name, path);
  return other === undefined ? [] : [{ code, message: `${other} and ${path} both ${what}.`, path, fix: "Keep one." }];
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
        fix: "Rename one of the two keys, or the federation it belongs to.",
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
