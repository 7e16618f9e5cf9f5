/** Reads what exists in an AWS account out of files: of `aws iam`, and of `terraform show -json`. Pure. */
import { InputError, inputError } from "../errors";
import { isPlan, isState } from "../trust/documents/terraform-plan";
import { asRecord } from "../text/members";
import type { AccountPart } from "./account";
import { readIamAccount } from "./read-iam";
import { readTerraformAccount } from "./read-terraform";

const FIX =
  "Give what aws iam get-account-authorization-details, list-roles, get-role or get-open-id-connect-provider prints, " +
  "or terraform show -json of a state.";

/** What `text` (JSON) says; `file` names it. Throws InputError json-syntax, document-unknown, plan-errored. */
export function readAccountText(text: string, file: string): AccountPart {
  let document: unknown;
  try {
    document = JSON.parse(text.replace(/^\ufeff/, "")) as unknown;
  } catch (cause) {
    throw new InputError({ code: "json-syntax", file, message: "Invalid JSON.", fix: FIX }, { cause });
  }
  const members = asRecord(document);
  if (members !== undefined && (isPlan(members) || isState(members))) return readTerraformAccount(members, file);
  const part = readIamAccount(document, file);
  if (part !== undefined) return part;
  if (members?.["serial"] !== undefined && members["lineage"] !== undefined)
    throw inputError(
      "document-unknown",
      "The file is a state as Terraform stores it.",
      "Write it out with terraform show -json STATE, and give that.",
      file,
    );
  throw new InputError({ code: "document-unknown", file, message: "Unrecognized file type.", fix: FIX });
}
