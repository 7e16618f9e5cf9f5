/** The templates of client files: layout only, every value through a helper that encodes it for its place. */
import { hclComment, type HclValue, hclValue } from "../hcl/encode";
import { markdownCode, markdownText, shellWord } from "../text/escape";
import { type Renderer, rendererWith } from "../hcl/templates";
import { bundleString, jsonValue, type PlainValue, pythonValue, workflowString } from "./encode";

type HelperOptions = { readonly hash: Readonly<Record<string, unknown>> };

const helpers = {
  /** A Python literal. */
  python: (value: PlainValue) => pythonValue(value),
  /** A value in JSON, at `indent`. */
  json: (value: PlainValue, options: HelperOptions) => jsonValue(value, Number(options.hash["indent"] ?? 0)),
  /** A string in a GitHub workflow. */
  workflow: (text: string) => workflowString(text),
  /** A string in a databricks.yml. */
  bundle: (text: string) => bundleString(text),
  /** A `#` comment of one line, in Python and YAML. */
  comment: (text: string) => hclComment(text),
  /** Inline code in Markdown. */
  code: (text: string) => markdownCode(text),
  /** A value in HCL, in an attribute of a block. */
  hcl: (value: HclValue) => hclValue(value, 2),
  /** One word of a POSIX shell. */
  word: (text: string) => shellWord(text),
  markdown: (text: string) => markdownText(text),
};

let renderer: Renderer | undefined;

/** The file that template `name` (a path below templates/, with .hbs) makes of `view`. */
export function renderClientTemplate(name: string, view: object): string {
  renderer ??= rendererWith(helpers, ["client/partials"]);
  return renderer(name, view);
}
