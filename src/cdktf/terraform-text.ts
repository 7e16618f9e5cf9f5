/**
 * Text on its way into Terraform JSON, where every string is a template: a literal `${` must be escaped, a CDKTF token
 * must not. In one place, for every string the constructs write.
 */
import type { IResolvable, IResolveContext } from "cdktf";
import { Token } from "cdktf";
import { ACCOUNT_ID_PLACEHOLDER, PARTITION_PLACEHOLDER } from "../trust/build";
import { TOKEN } from "./tokens";

/** Expressions in place of the placeholders of src/trust. */
export interface Asked {
  readonly accountId: string;
  readonly partition: string;
}

/** Where AWS is asked for nothing: the placeholders stay. */
export const NOTHING_ASKED: Asked = { accountId: ACCOUNT_ID_PLACEHOLDER, partition: PARTITION_PLACEHOLDER };

const ESCAPE = /([$%])\1\{/g;
const INTRODUCER = /[$%](?=\{)/g;
const PLACEHOLDERS = new RegExp(`${ACCOUNT_ID_PLACEHOLDER}|${PARTITION_PLACEHOLDER}`, "g");

/**
 * `text` as the value of a Terraform JSON string: reads back unchanged. CDKTF tokens in it stay tokens; the
 * placeholders of src/trust become the expressions that ask AWS.
 */
export function terraformText(text: string, asked: Asked): string {
  if (!/[$%\uE000\uE001]/.test(text)) return text;
  return TOKEN.test(text) ? Token.asString(new TextWithTokens(text, asked)) : escapeTemplate(text, asked);
}

/** The text that `template` stands for, with the placeholders of src/trust in place of the expressions in `asked`. */
export function literalText(template: string, asked: Asked): string {
  return withPlaceholders(template, asked).replace(ESCAPE, "$1{");
}

/** Whether `template` holds an expression or a token beside those in `asked`: only Terraform knows its value. */
export function holdsExpression(template: string, asked: Asked): boolean {
  return /[$%]\{/.test(withPlaceholders(template, asked).replace(ESCAPE, ""));
}

function withPlaceholders(template: string, { accountId, partition }: Asked): string {
  const withAccount = accountId.startsWith("$") ? template.replaceAll(accountId, ACCOUNT_ID_PLACEHOLDER) : template;
  return partition.startsWith("$") ? withAccount.replaceAll(partition, PARTITION_PLACEHOLDER) : withAccount;
}

function escapeTemplate(text: string, { accountId, partition }: Asked): string {
  return text
    .replace(INTRODUCER, "$&$&")
    .replace(PLACEHOLDERS, (found) => (found === ACCOUNT_ID_PLACEHOLDER ? accountId : partition));
}

/**
 * Literals and tokens in one string. CDKTF's own joining takes a literal `${` for the begin of an expression and
 * leaves the braces off every token after it, so the parts are put together here, when tokens have their values.
 */
class TextWithTokens implements IResolvable {
  readonly creationStack: string[] = [];
  readonly #parts: readonly string[];

  constructor(
    text: string,
    private readonly asked: Asked,
  ) {
    this.#parts = text.split(new RegExp(`(${TOKEN.source})`));
  }

  resolve(context: IResolveContext): string {
    const last = this.#parts.length - 1;
    return this.#parts
      .map((part, index) => {
        if (index % 2 === 1) return String(context.resolve(part));
        const literal = escapeTemplate(part, this.asked);
        // A `$` right before a token's `${` would make an escape of it.
        return index === last ? literal : literal.replace(/\$$/, '${"$$"}');
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

/** `text` of every value. */
export function mapValues<T>(values: Readonly<Record<string, T>>, text: (value: T) => string): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, text(value)]));
}
