/**
 * Colors for a terminal, put into finished text: yes, no, warnings, codes and commands, each known by its place in a
 * line. What others wrote is escaped by then and begins no line, so it cannot look like one of these. The colors
 * change no character of the text.
 */

const STYLES = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
} as const;

type Style = keyof typeof STYLES;

function styled(style: Style, text: string): string {
  const [begin, end] = STYLES[style];
  return `\u001b[${begin}m${text}\u001b[${end}m`;
}

/**
 * Whether what goes to `stream` has colors: as in Node, FORCE_COLOR counts before NO_COLOR, and that before whether it
 * is a terminal (https://force-color.org, https://no-color.org).
 */
export function usesColor(
  stream: { readonly isTTY?: boolean },
  env: Readonly<Record<string, string | undefined>>,
): boolean {
  const { FORCE_COLOR: forced, NO_COLOR: refused, TERM: terminal } = env;
  if (forced !== undefined) return forced !== "0" && forced !== "false";
  if (refused !== undefined && refused !== "") return false;
  return stream.isTTY === true && terminal !== "dumb";
}

const MARKS: Readonly<Record<string, Style>> = { "✓": "green", "✗": "red", "?": "yellow", "+": "yellow", "-": "dim" };
const WORDS: Readonly<Record<string, Style>> = {
  error: "red",
  warning: "yellow",
  note: "cyan",
  lint: "yellow",
  fix: "bold",
  next: "bold",
};

/** `text` for people, with colors. */
export function painted(text: string): string {
  return text.split("\n").map(paintedLine).join("\n");
}

function paintedLine(line: string): string {
  if (/^ +(?:databricks-aws-oidc|npm|npx|terraform|aws|echo) /.test(line)) return command(line);
  if (/^[A-Z][A-Za-z ]*:$/.test(line)) return styled("bold", line);
  return line
    .replace(/\[[a-z][a-z0-9-]*\]$/, (code) => styled("dim", code))
    .replace(/`[^`]+`/g, (code) => styled("cyan", code))
    .replace(/^( *)([✓✗?+-])(?= )/, (_, space: string, mark: string) => space + styled(MARKS[mark] ?? "bold", mark))
    .replace(/^( *)(error|warning|note|lint|fix|next)(?=: )/, (_, space: string, word: string) => space + worded(word))
    .replace(
      /^(\S[^:]*(?::\d+)*: )(error|warning|note)(?=: )/,
      (_, place: string, word: string) => place + worded(word),
    )
    .replace(/^( {2,})(--[a-z][a-z-]*)/, (_, space: string, flag: string) => space + styled("cyan", flag))
    .replace(/^(?:No findings|Proven)\b/, (word) => styled("green", word))
    .replace(/^Not proven\b/, (word) => styled("red", word));
}

function worded(word: string): string {
  return styled(WORDS[word] ?? "bold", word);
}

/** A command as code, without the description after it. */
function command(line: string): string {
  const begin = line.length - line.trimStart().length;
  const end = line.indexOf("    ", begin);
  const call = line.slice(begin, end < 0 ? undefined : end);
  return line.slice(0, begin) + styled("cyan", call) + line.slice(begin + call.length);
}

/** JSON or HCL with colors: its strings and its comments. */
export function paintedCode(text: string): string {
  return text
    .split("\n")
    .map((line) =>
      /^ *#/.test(line) ? styled("dim", line) : line.replace(/"(?:[^"\\]|\\.)*"/g, (string) => styled("cyan", string)),
    )
    .join("\n");
}
