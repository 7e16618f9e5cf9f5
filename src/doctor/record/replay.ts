/** Compares a record with what this program expects of Databricks' tokens and of STS. Pure but for the file. */
import { inputError } from "../../errors";
import { visible } from "../../text/escape";
import { quoted } from "../../text/text-rule";
import { counted } from "../../text/words";
import { DATABRICKS_TOKEN_SECONDS, DATABRICKS_TOKEN_TYPE } from "../../sts/databricks-claims";
import { type Record, RECORD } from "./format";
import { parsedJson } from "../../text/members";

export interface Comparison {
  readonly what: string;
  /** How well it was known before: as in the facts of docs/security-model.md. */
  readonly mark: "seen" | "expected";
  readonly expected: string;
  readonly actual: string;
  readonly equal: boolean;
}

export interface Replay {
  readonly record: Record;
  readonly comparisons: readonly Comparison[];
  /** Whether AWS' own endpoint gave a session for the token. */
  readonly provesAccess: boolean;
  readonly exitCode: 0 | 1;
}

/** Reads a record. Throws InputError `record-invalid`. */
export function readRecord(text: string, file: string): Record {
  const fix = "Name a file that doctor --assume --record wrote, unchanged.";
  const document = parsedJson(text);
  if (document === undefined) throw inputError("record-invalid", `${quoted(file)} is not JSON.`, fix, "replay");
  const read = RECORD.safeParse(document);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const at = issue?.path.map(String).join(".") ?? "";
  throw inputError(
    "record-invalid",
    `${quoted(file)} is not a record${at === "" ? "" : ` (at ${quoted(at)})`}.`,
    fix,
    "replay",
  );
}

/** Holds `record` against what is expected. */
export function replay(record: Record): Replay {
  const comparisons = [...tokenComparisons(record), ...answerComparisons(record)];
  const { answer, by } = record.sts;
  return {
    record,
    comparisons,
    provesAccess: answer === "session" && by === "AWS",
    exitCode: comparisons.every(({ equal }) => equal) ? 0 : 1,
  };
}

function compared(mark: Comparison["mark"], what: string, expected: string, actual: string): Comparison {
  return { what, mark, expected, actual, equal: expected === actual };
}

function tokenComparisons({ token, issuer }: Record): readonly Comparison[] {
  if (token === null) return [compared("expected", "a token", "a JWT", "none")];
  const { header, claims } = token;
  const kind = (name: keyof typeof claims): string => claims[name]?.kind ?? "absent";
  const required = (["iss", "sub", "aud", "iat", "exp"] as const).filter((name) => claims[name] === undefined);
  return [
    compared("seen", "alg", "RS256", header.alg),
    compared("seen", "typ", DATABRICKS_TOKEN_TYPE, header.typ),
    compared(
      "seen",
      "kid",
      "hex, 64",
      `${header.kid.kind === "digits" ? "hex" : header.kid.kind}, ${header.kid.length}`,
    ),
    compared(
      "expected",
      "claims that STS requires",
      "all",
      required.length === 0 ? "all" : `without ${required.join(", ")}`,
    ),
    compared("seen", "azp", "absent", kind("azp")),
    compared("seen", "issuer", "equal", token.issuer),
    ...(issuer === null
      ? []
      : [compared(issuer.level === "workspace" ? "seen" : "expected", "aud", `${issuer.level} ID`, token.audience)]),
    ...(kind("sub") === "email" ? [] : [compared("expected", "sub of a service principal", "uuid", kind("sub"))]),
    compared(
      "seen",
      "lifetime",
      `${DATABRICKS_TOKEN_SECONDS} s`,
      token.lifetime === null ? "unknown" : `${token.lifetime} s`,
    ),
  ];
}

function answerComparisons({ sts, expected }: Record): readonly Comparison[] {
  if (sts.answer === "none") return [compared("expected", "STS", "an answer", "none")];
  if (expected === null) return [];
  const bare = (code: string): string => code.replace(/Exception$/, "");
  const wanted = expected.allowed ? "session" : `refused: ${bare(expected.code ?? "other")}`;
  const actual = sts.answer === "session" ? "session" : `refused: ${bare(sts.code ?? "other")}`;
  return [compared("expected", "STS", wanted, actual)];
}

/** For a person. */
export function replayText({ record, comparisons, provesAccess }: Replay): string {
  const { sts, date, product } = record;
  const wrong = comparisons.filter(({ equal }) => !equal).length;
  const lines = [
    `record of ${date}, by version ${product}`,
    "",
    ...comparisons.map(({ what, mark, expected, actual, equal }) =>
      equal ? `  ✓ ${what}: ${actual} (${mark})` : `  ✗ ${what}: expected ${expected} (${mark}), actual ${actual}`,
    ),
    ...(sts.message === null ? [] : ["", `STS said: ${sts.code ?? "other"}: ${sts.message}`]),
    "",
    wrong === 0 ? "All as expected." : `${counted(wrong, "difference")} from what is expected.`,
    provesAccess
      ? "AWS STS gave a session for a Databricks token."
      : `Not a proof that AWS STS accepts the token (answer: ${sts.answer}, by ${sts.by}).`,
  ];
  return lines.map(visible).join("\n");
}
