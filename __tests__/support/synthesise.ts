import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { App, TerraformStack, Testing } from "cdktf";

type Block = Readonly<Record<string, unknown>>;

/** `cdk.tf.json`, as far as tests read it. */
export interface SynthesisedStack {
  readonly resource: Readonly<Record<string, Readonly<Record<string, Block>>>>;
  readonly data?: Readonly<Record<string, Readonly<Record<string, Block>>>>;
  readonly output?: Readonly<Record<string, { readonly value: unknown }>>;
  readonly provider: Readonly<Record<string, readonly Block[]>>;
  readonly terraform: {
    readonly backend?: Block;
    readonly required_providers: Block;
    readonly required_version?: string;
  };
}

/** A stack with an AWS provider, for constructs used one by one. */
export function emptyStack(id = "stack"): TerraformStack {
  const stack = new TerraformStack(new App({ outdir: "cdktf.out" }), id);
  new AwsProvider(stack, "aws");
  return stack;
}

/** What `cdktf synth` would write for the stack; throws when a construct complains. */
export function synthesise(stack: TerraformStack): SynthesisedStack {
  stack.prepareStack();
  stack.runAllValidations();
  return JSON.parse(Testing.synth(stack)) as SynthesisedStack;
}

/** The same with the metadata that `cdktf synth` writes: `Testing.synth` drops every key `//`, a tag's too. */
export function synthesiseWhole(stack: TerraformStack): SynthesisedStack {
  stack.prepareStack();
  stack.runAllValidations();
  return JSON.parse(JSON.stringify(stack.toTerraform())) as SynthesisedStack;
}

/** The complaints of a stack that does not synthesise, without CDKTF's words around them; empty for one that does. */
export function complaints(stack: TerraformStack): readonly string[] {
  stack.prepareStack();
  return stack.node.findAll().flatMap((construct) => construct.node.validate());
}

/** The codes at the end of complaints, in order. */
export function codes(lines: readonly string[]): readonly string[] {
  return lines.map((line) => /\[([a-z-]+)\]$/.exec(line)?.[1] ?? line);
}
