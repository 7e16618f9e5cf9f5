import fc from "fast-check";

/** What has broken generators before: quotes, templates, heredocs, comments, escapes, line ends, long runs. */
const PIECES: readonly string[] = [
  "${",
  "%{",
  "$${",
  "%%{",
  "$",
  "%",
  "{",
  "}",
  "${aws:username}",
  "${var.x}",
  '${file("/etc/passwd")}',
  "%{ if true }",
  "%{ endif }",
  '"',
  "'",
  "\\",
  '\\"',
  "\\n",
  "\\u0022",
  "`",
  "<<EOT",
  "<<-EOT",
  "EOT",
  "#",
  "//",
  "/*",
  "*/",
  "\n",
  "\r\n",
  "\t",
  " ",
  "=",
  ",",
  "[",
  "]",
  ":",
  "<script>",
  "</script>",
  "&amp;",
  "<",
  ">",
  "&",
  "null",
  "true",
  "8e5",
  "1e999",
  "-1.5e+3",
  "__proto__",
  "constructor",
  "//",
  "é",
  "ÿ",
  "¡",
];

/** Characters that look like nothing, turn text around, or are changed by normalising. */
const ODD: readonly string[] = [
  "\u0000",
  "\u0008",
  "\u000c",
  "\u001b",
  "\u007f",
  "\u0085",
  "\u00a0",
  "\u00ad",
  "\u200b",
  "\u202e",
  "\u2028",
  "\u2029",
  "\ufeff",
  "e\u0301",
  "\u212b",
  "\ud800",
  "\udc00",
  "😀",
  "\ue000",
  "\ue001",
];

/** Printable, but full of what means something elsewhere. Most rules let most of it pass. */
export const hostileLatin: fc.Arbitrary<string> = fc
  .array(fc.oneof(fc.constantFrom(...PIECES), fc.string({ maxLength: 4 })), { maxLength: 12 })
  .map((parts) => parts.join(""));

/** Anything at all, now and then very long. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  { weight: 8, arbitrary: hostileLatin },
  {
    weight: 6,
    arbitrary: fc
      .array(fc.oneof(fc.constantFrom(...PIECES), fc.constantFrom(...ODD), fc.fullUnicode()), { maxLength: 10 })
      .map((parts) => parts.join("")),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom(...PIECES)
      .map((piece) => piece.repeat(Math.ceil(65_536 / piece.length)).slice(0, 65_536)),
  },
);
