/**
 * Text on its way into Terraform JSON, where every string is a template: a literal `${` must be escaped, a CDKTF token
 * must not. In one place, for every string the constructs write.
 */
import type { IResolvable, IResolveContext } from "cdktf";
import { Token } from "cdktf";
import { ACCOUNT_ID_PLACEHOLDER, PARTITION_PLACEHOLDER } from "../trust/build";

/** Where AWS is asked, once a stack; see aws-identity.ts. */
export const ACCOUNT_ID_EXPRESSION = "${data.aws_caller_identity.current.account_id}";
export const PARTITION_EXPRESSION = "${data.aws_partition.current.partition}";

/** A token as CDKTF writes it into a string. */
const TOKEN = /\$\{TfToken\[[a-zA-Z0-9:._-]+\]\}/;
const INTRODUCER = /[$%](?=\{)/g;
const PLACEHOLDERS = new RegExp(`${ACCOUNT_ID_PLACEHOLDER}|${PARTITION_PLACEHOLDER}`, "g");

/**
 * `text` as the value of a Terraform JSON string: reads back unchanged. CDKTF tokens in it stay tokens; the
 * placeholders of src/trust become the expressions that ask AWS.
 */
export function terraformText(text: string): string {
  if (!/[$%\uE000\uE001]/.test(text)) return text;
  return TOKEN.test(text) ? Token.asString(new TextWithTokens(text)) : escapeTemplate(text);
}

function escapeTemplate(text: string): string {
  return text
    .replace(INTRODUCER, "$&$&")
    .replace(PLACEHOLDERS, (found) =>
      found === ACCOUNT_ID_PLACEHOLDER ? ACCOUNT_ID_EXPRESSION : PARTITION_EXPRESSION,
    );
}

/**
 * Literals and tokens in one string. CDKTF's own joining takes a literal `${` for the begin of an expression and
 * leaves the braces off every token after it, so the parts are put together here, when tokens have their values.
 */
class TextWithTokens implements IResolvable {
  readonly creationStack: string[] = [];
  readonly #parts: readonly string[];

  constructor(text: string) {
    this.#parts = text.split(new RegExp(`(${TOKEN.source})`));
  }

  resolve(context: IResolveContext): string {
    const last = this.#parts.length - 1;
    return this.#parts
      .map((part, index) => {
        if (index % 2 === 1) return String(context.resolve(part));
        // A `$` right before a token's `${` would make an escape of it.
        return index === last ? escapeTemplate(part) : escapeTemplate(part).replace(/\$$/, '${"$$"}');
      })
      .join("");
  }

  toString(): string {
    return Token.asString(this);
  }

  toJSON(): string {
    return "<unresolved-token>";
  }
}

/** `terraformText` of every value. */
export function terraformValues(values: Readonly<Record<string, string>>): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const [key, value] of Object.entries(values)) texts[key] = terraformText(value);
  return texts;
}
