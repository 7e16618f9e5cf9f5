/** A terminal's text with its colors as an SVG picture, and what the README's picture shows of `npm start`. */
import { html, htmlText } from "../src/text/escape";

const FONT = 13;
const CELL = 7.8;
const LINE = 18;
const MARGIN = 18;
/** Longer lines are cut. */
const COLUMNS = 104;

/** By the number of the control sequence; on a dark ground, each with a contrast of 4.5 to 1 or more. */
const FILLS: Readonly<Record<string, string>> = {
  "2": "#9aa0a6",
  "31": "#ff8a80",
  "32": "#8fd694",
  "33": "#ffd479",
  "36": "#7fd6e8",
};

interface Piece {
  readonly column: number;
  readonly text: string;
  readonly style: string;
}

/** The pieces of a line, each with the style that it is printed in. */
function piecesOf(line: string): readonly Piece[] {
  const pieces: Piece[] = [];
  let [column, style] = [0, ""];
  for (const part of line.split(/(\u001b\[\d+m)/)) {
    const code = /^\u001b\[(\d+)m$/.exec(part)?.[1];
    if (code !== undefined) style = ["0", "22", "39"].includes(code) ? "" : code;
    else if (part !== "" && column <= COLUMNS) {
      const text = column + part.length > COLUMNS ? `${part.slice(0, COLUMNS - column)}…` : part;
      pieces.push({ column, text, style });
      column += part.length;
    }
  }
  return pieces;
}

function pieceSvg({ column, text, style }: Piece): string {
  // columns stay where they are, whatever font is there
  const indent = text.length - text.trimStart().length;
  const x = (MARGIN + (column + indent) * CELL).toFixed(1);
  const fill = FILLS[style] === undefined ? "" : ` fill="${FILLS[style]}"`;
  const weight = style === "1" ? ' font-weight="700"' : "";
  return text.trim() === ""
    ? ""
    : `<tspan x="${x}"${fill}${weight}>${htmlText(text.trim()).replaceAll(" ", "\u00a0")}</tspan>`;
}

/** `lines` as a picture, `title` for who cannot see it. */
export function terminalSvg(lines: readonly string[], title: string): string {
  const width = MARGIN * 2 + Math.ceil((COLUMNS + 1) * CELL);
  const height = MARGIN * 2 + lines.length * LINE;
  const rows = lines.map((line, index) => {
    const pieces = piecesOf(line).map(pieceSvg).join("");
    return pieces === "" ? "" : `<text y="${MARGIN + (index + 0.75) * LINE}">${pieces}</text>\n`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${html(title)}">
<title>${htmlText(title)}</title>
<rect width="${width}" height="${height}" rx="10" fill="#16181d"/>
<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="${FONT}"
 fill="#e8e6e1">
${rows.join("")}</g>
</svg>
`;
}

/** Lines of the root that the picture shows. */
const SHOWN_OF_ROOT = 14;

/** The picture of `npm start`, from what it printed with colors: all but the end of the root. */
export function startPicture(stdout: string): string {
  const lines = stdout.trimEnd().split("\n");
  const plain = lines.map((line) => line.replaceAll(/\u001b\[\d+m/g, ""));
  const root = plain.findIndex((line) => line.startsWith("HCL: "));
  const reach = plain.indexOf("Who reaches what");
  if (root < 0 || reach < 0) throw new RangeError("this is not what npm start prints");
  const shown = [...lines.slice(0, root + SHOWN_OF_ROOT), "  …", "", ...lines.slice(reach)];
  return terminalSvg(["\u001b[2m$\u001b[22m npm start", "", ...shown], "What npm start prints");
}
