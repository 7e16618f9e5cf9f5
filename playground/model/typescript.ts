/** A federation as TypeScript for CDKTF: the declarations as an object literal. Pure. */

const WIDTH = 100;

/** The program that deploys the federation of `declaration`, which is plain data. */
export function typescriptOf(declaration: unknown): string {
  const call = "const { federation } = readFederation(";
  return [
    'import { App } from "cdktf";',
    'import { FederationStack, readFederation } from "databricks-aws-oidc/cdktf";',
    "",
    "const app = new App();",
    `${call}${literal(declaration, 0, call.length + 2)});`,
    "FederationStack.forEachAccount(app, federation);",
    "app.synth();",
    "",
  ].join("\n");
}

/** `value` as an expression, on one line where it fits beside `used` characters. */
function literal(value: unknown, indent: number, used: number): string {
  const short = onOneLine(value);
  // an object of objects reads better over lines, as a formatter leaves it
  if (used + short.length <= WIDTH && depth(value) < 3) return short;
  const inner = " ".repeat(indent + 2);
  const outer = " ".repeat(indent);
  if (Array.isArray(value)) {
    const items = value.map((item) => `${inner}${literal(item, indent + 2, indent + 3)},\n`);
    return `[\n${items.join("")}${outer}]`;
  }
  if (typeof value === "object" && value !== null) {
    const members = Object.entries(value).map(([key, member]) => {
      const name = propertyName(key);
      return `${inner}${name}: ${literal(member, indent + 2, indent + name.length + 5)},\n`;
    });
    return `{\n${members.join("")}${outer}}`;
  }
  return short;
}

function onOneLine(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(onOneLine).join(", ")}]`;
  if (typeof value !== "object" || value === null) return scalar(value);
  const members = Object.entries(value).map(([key, member]) => `${propertyName(key)}: ${onOneLine(member)}`);
  return members.length === 0 ? "{}" : `{ ${members.join(", ")} }`;
}

/** U+2028 and U+2029 are escaped, which end lines in older tools. */
function scalar(value: unknown): string {
  return JSON.stringify(value).replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029");
}

/** In an object literal `__proto__` sets the prototype, unless its name is computed. */
function propertyName(key: string): string {
  if (key === "__proto__") return '["__proto__"]';
  return /^[A-Za-z_$][A-Za-z0-9_$]*$/.test(key) ? key : scalar(key);
}

function depth(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depth));
}
