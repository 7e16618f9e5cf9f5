/** What must be unique in a whole stack, whichever federation it came from: addresses, role names, issuers. */
import { TerraformDataSource, TerraformElement, TerraformResource, TerraformStack } from "cdktf";
import type { Construct, IConstruct } from "constructs";
import type { Problem } from "../errors";
import { complainAtSynthesisLazily } from "./complaints";

/** Takes note of what a construct makes; compared at synthesis. */
export interface StackWatch {
  readonly issuer: (issuer: string, by: Construct) => void;
  readonly roleName: (name: string, by: Construct) => void;
}

const watches = new WeakMap<TerraformStack, StackWatch>();

/**
 * The watch over the stack of `construct`; the first call adds the one validation that compares everything.
 * Codes: logical-id-collision (two elements with one Terraform address: CDKTF would keep the last and say nothing),
 * role-name-collision, issuer-collision.
 */
export function watchStack(construct: Construct): StackWatch {
  const stack = TerraformStack.of(construct);
  const known = watches.get(stack);
  if (known !== undefined) return known;
  const issuers = new Seen(
    "issuer-collision",
    (name) => `register the issuer ${name}; an AWS account holds one provider per issuer`,
  );
  const roleNames = new Seen(
    "role-name-collision",
    (name) => `make a role called ${name}; IAM's names do not mind case`,
  );
  const watch: StackWatch = {
    issuer: (issuer, by) => issuers.add(issuer, by.node.path),
    roleName: (name, by) => roleNames.add(name.toLowerCase(), by.node.path),
  };
  watches.set(stack, watch);
  complainAtSynthesisLazily(stack, () => [...issuers.problems, ...roleNames.problems, ...addressCollisions(stack)]);
  return watch;
}

class Seen {
  readonly problems: Problem[] = [];
  readonly #by = new Map<string, string>();

  constructor(
    private readonly code: Problem["code"],
    private readonly doing: (name: string) => string,
  ) {}

  add(name: string, by: string): void {
    const other = this.#by.get(name);
    this.#by.set(name, by);
    if (other === undefined) return;
    this.problems.push({
      code: this.code,
      message: `${other} and ${by} both ${this.doing(name)}.`,
      path: by,
      fix: "Keep one.",
    });
  }
}

function addressCollisions(stack: TerraformStack): readonly Problem[] {
  const problems: Problem[] = [];
  const seen = new Map<string, IConstruct>();
  const visit = (construct: IConstruct): void => {
    const address = addressOf(construct);
    if (address !== undefined) {
      const other = seen.get(address);
      if (other === undefined) seen.set(address, construct);
      else problems.push(collision(address, other.node.path, construct.node.path));
    }
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

function collision(address: string, first: string, second: string): Problem {
  return {
    code: "logical-id-collision",
    message: `${first} and ${second} would both be ${address}; Terraform would get one of them only.`,
    path: second,
    fix: "Rename one of the two keys, or the federation it belongs to.",
  };
}
