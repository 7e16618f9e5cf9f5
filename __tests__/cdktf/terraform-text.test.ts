import { App, Fn, TerraformOutput, TerraformStack, TerraformVariable, Testing, Token } from "cdktf";
import fc from "fast-check";
import { holdsToken, isReservedKey, isReservedText } from "../../src/cdktf/tokens";
import { terraformText as written } from "../../src/cdktf/terraform-text";
import { ACCOUNT_ID_PLACEHOLDER, PARTITION_PLACEHOLDER } from "../../src/trust/build";
import { temporaryFolder } from "../support/temporary-folder";

const asked = {
  accountId: "${data.aws_caller_identity.current.account_id}",
  partition: "${data.aws_partition.current.partition}",
};
const terraformText = (text: string): string => written(text, asked);

/** What Terraform makes of a template without expressions. */
const evaluated = (template: string): string => template.replace(/\$\$\{|%%\{/g, (escape) => escape.slice(1));

function synthesised(value: (stack: TerraformStack) => unknown): unknown {
  const stack = new TerraformStack(new App({ outdir: temporaryFolder("text") }), "stack");
  new TerraformOutput(stack, "out", { value: value(stack) as string });
  const json = JSON.parse(Testing.synth(stack)) as { output: { out: { value: unknown } } };
  return json.output.out.value;
}

const variable = (stack: TerraformStack): TerraformVariable => new TerraformVariable(stack, "v", { type: "string" });

const hostile = fc
  .stringOf(
    fc.oneof(
      fc.constantFrom("${", "%{", "$", "%", "{", "}", '"', "\\", "\n", "$${", "aws:username", "8e5", "<<EOT"),
      fc.fullUnicode(),
    ),
    { maxLength: 30 },
  )
  .filter((text) => !/[\uE000\uE001]/.test(text));

test("any literal is read back by Terraform as it was", () => {
  fc.assert(
    fc.property(hostile, (text) => {
      expect(evaluated(terraformText(text))).toBe(text);
    }),
  );
});

test("a literal passes CDKTF unchanged once it is no reserved text", () => {
  fc.assert(
    fc.property(hostile, (text) => {
      fc.pre(!isReservedText(text));
      expect(synthesised(() => terraformText(text))).toBe(terraformText(text));
    }),
    { numRuns: 50 },
  );
});

test("IAM policy variables survive beside a token, whose braces stay", () => {
  expect(synthesised((stack) => terraformText(`home/\${aws:username}/ of ${variable(stack).value}`))).toBe(
    "home/$${aws:username}/ of ${var.v}",
  );
});

test("an unclosed ${ before a token does not take the token's braces", () => {
  expect(synthesised((stack) => terraformText(`\${ %{ ${variable(stack).value} }`))).toBe("$${ %%{ ${var.v} }");
});

test("a dollar sign right before a token does not escape it", () => {
  expect(synthesised((stack) => terraformText(`$${variable(stack).value}$`))).toBe('${"$"}${var.v}$');
});

test("a literal inside a function's call is left to CDKTF", () => {
  expect(synthesised((stack) => terraformText(`a ${Fn.upper(variable(stack).value)}`))).toBe("a ${upper(var.v)}");
});

test("placeholders become the expressions that ask AWS, and only they", () => {
  expect(terraformText(`arn:${PARTITION_PLACEHOLDER}:iam::${ACCOUNT_ID_PLACEHOLDER}:role/\${x}`)).toBe(
    "arn:${data.aws_partition.current.partition}:iam::${data.aws_caller_identity.current.account_id}:role/$${x}",
  );
});

test.each([
  ["${TfToken[TOKEN.0]}", true],
  ["#{TfToken[TOKEN.0]}", true],
  ["String Map Token Value", true],
  ["Any Map Token Value", true],
  [String(Token.asNumber({ resolve: () => 1, creationStack: [], toString: () => "" })), true],
  ["-18881545897087503e273", true],
  ["6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b", false],
  ["-4e+12 a-9e99", false],
  ["a String Map Token Value", false],
])("whether CDKTF would take %j for its own: %s", (text, reserved) => {
  expect(isReservedText(text)).toBe(reserved);
});

test("a tag called __proto__ would be lost, so it is reserved", () => {
  expect([isReservedKey("__proto__"), isReservedKey("constructor")]).toEqual([true, false]);
});

test("tokens are found in strings, numbers, lists, maps, keys and nested values", () => {
  const token = { resolve: () => "x", creationStack: [], toString: () => "" };
  const text = Token.asString(token);
  const cases = [
    text,
    `a${text}`,
    Token.asNumber(token),
    Token.asList(token),
    Token.asStringMap(token),
    token,
    { a: [{ b: text }] },
    { [text]: 1 },
  ];
  expect(cases.map(holdsToken)).toEqual(cases.map(() => true));
  expect(["a", 1, [], {}, null, { a: [1, "b"] }].map(holdsToken)).toEqual([false, false, false, false, false, false]);
});
