/** Reads a document of any kind that `lint` takes, told apart by its content. */
import { InputError } from "../errors";
import { repeatedReason } from "../trust/decide/document";
import { repeatedMember } from "../trust/decide/repeated-member";
import { asRecord } from "../text/members";
import { isStack, readStack } from "../trust/documents/cdktf-stack";
import type { LintDocument } from "../trust/documents/document";
import { readIam } from "../trust/documents/iam";
import { isPlan, isState, readPlan, refuseErrored, readState } from "../trust/documents/terraform-plan";
import { percentDecoded } from "../text/escape";

/**
 * The document in `given`; `file` names it in messages. JSON is a plan, a state, a CDKTF stack, a policy, a role, an
 * account or outputs; everything else is a federation file, whose moments may not be far ahead of `now` (seconds since
 * the epoch).
 * Throws InputError: json-syntax, document-unknown, plan-errored, trust-policy-unreadable, and the codes of a
 * federation file.
 */
export async function readDocument(given: string, file: string, now?: number): Promise<LintDocument> {
  if (/\.tf$/.test(file)) throw unknown(file);
  const text = percentDecoded(given);
  if (!/^[\s\ufeff]*[{[]/.test(text) && !/\.json$/.test(file)) return readFederationText(text, file, now);
  const json = text.replace(/^\ufeff/, "");
  const document = asRecord(parsed(json, file));
  if (document === undefined) throw unknown(file);
  if (document["issuers"] !== undefined && document["roles"] !== undefined) return readFederationText(text, file, now);
  const read = readJson(document, json, file);
  if (read === undefined) throw unknown(file);
  return withDroppedAttributes(read);
}

/** A plan that calls our modules, with the attributes that Terraform drops from their inputs. */
async function withDroppedAttributes(document: LintDocument): Promise<LintDocument> {
  if (!document.targets.some(({ target }) => (target.plan?.calls ?? []).length > 0)) return document;
  const { droppedAttributes } = await import("./dropped-attributes");
  const targets = document.targets.map((named) => {
    const { plan } = named.target;
    if (plan === undefined) return named;
    return { ...named, target: { ...named.target, plan: { ...plan, dropped: plan.calls.flatMap(droppedAttributes) } } };
  });
  return { ...document, targets };
}

function readJson(document: Readonly<Record<string, unknown>>, json: string, file: string): LintDocument | undefined {
  try {
    const isPolicy = document["Statement"] !== undefined;
    if (!isPolicy && isPlan(document)) {
      refuseErrored(document, file);
      return readPlan(document);
    }
    if (!isPolicy && isState(document)) return readState(document);
    if (isStack(document)) return readStack(document);
    const read = readIam(document, nameOf(file), json);
    // a lone policy is checked by its rules; around a role or an account such a file is not what IAM prints
    const repeated = read === undefined || read.kind === "trust policy" ? undefined : repeatedMember(json, document);
    if (repeated !== undefined)
      throw new InputError({
        code: "trust-policy-unreadable",
        file,
        message: `In the file, ${repeatedReason(repeated)}.`,
        fix: "Write it again with the command that made it.",
      });
    return read;
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new InputError(
      {
        code: "json-syntax",
        file,
        message: "The file is nested too deeply to read.",
        fix: "Write it again with the command that made it.",
      },
      { cause },
    );
  }
}

async function readFederationText(text: string, file: string, now: number | undefined): Promise<LintDocument> {
  const { readFederationDocument } = await import("./read-federation-document");
  return readFederationDocument(text, file, now);
}

function parsed(text: string, file: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    // V8 quotes the text around the mistake, which may be long and is not ours to repeat
    const brief = /^[^"'`]*?(?= in JSON|, "|$)/.exec(why)?.[0] ?? "it cannot be parsed";
    throw new InputError(
      {
        code: "json-syntax",
        file,
        message: `Invalid JSON: ${brief}.`,
        fix: "Write it again with the command that made it, e.g. terraform show -json PLAN.",
      },
      { cause },
    );
  }
}

function unknown(file: string): InputError {
  return new InputError({
    code: "document-unknown",
    file,
    message: "Unrecognized file type.",
    fix:
      "Give a federation file, a trust policy, `aws iam get-role`, `terraform show -json` of a plan or " +
      "state, a cdk.tf.json, or a folder of these.",
  });
}

/** `policies/lake-reader.json` -> `lake-reader`. */
function nameOf(file: string): string {
  return (file.split(/[/\\]/).pop() ?? file).replace(/\.json$/, "");
}
