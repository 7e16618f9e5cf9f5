/** Who gets in by a document, exactly, and what lint finds in it. Pure. */
import { type InputError, inputError } from "../../src/errors";
import { type RoleCallers, whoGetsIn } from "../../src/explain/who-gets-in";
import { lintDocuments, type LintReport } from "../../src/lint/lint-documents";
import { readDocument } from "../../src/lint/read-document";
import { parseRole } from "../../src/trust/parsed/parse-role";
import { MAX_SHOWN_ROLES, QUICK } from "./federation-outputs";
import { mapTexts } from "./map-texts";

/** A role whose callers are not listed, and why. */
export interface UndecidedRole {
  readonly role: string;
  readonly why: string;
}

export interface WhoOutputs {
  readonly report: LintReport;
  readonly roles: readonly (RoleCallers | UndecidedRole)[];
  readonly rolesLeftOut: number;
}

/** `document`: a trust policy, what `aws iam get-role` prints, a plan, a federation file. Throws InputError. */
export async function whoOutputs(document: string): Promise<WhoOutputs> {
  if (document.trim() === "") throw noRole("There is nothing to check.");
  if (!/^\s*(?:[{[]|%7B)/i.test(document) && !/^["']?(?:name|issuers|roles)["']?\s*:/m.test(document))
    throw noRole("This is neither JSON nor a federation file.");
  const read = await readDocument(document, FILE);
  const roles = read.targets.flatMap(({ target }) => target.roles);
  if (roles.length === 0 && read.targets.every(({ target }) => target.providers.length === 0))
    throw noRole("No role in it trusts Databricks.");
  const outputs: WhoOutputs = {
    report: lintDocuments([{ file: FILE, document: read }]),
    roles: roles.slice(0, MAX_SHOWN_ROLES).map((role) => {
      const { malformed, version, statements } = parseRole(role);
      const path = role.path === "" ? "the role" : role.path;
      if (malformed.length > 0) return { role: path, why: `Not a trust policy: ${malformed.join(" ")}` };
      const denies = statements.filter(({ effect }) => effect === "Deny").length;
      if ((statements.length - denies) * denies > MAX_PAIRS)
        return {
          role: path,
          why: "So many statements take too long here: databricks-aws-oidc explain --who decides them.",
        };
      return whoGetsIn(path, { version, statements }, QUICK);
    }),
    rolesLeftOut: Math.max(0, roles.length - MAX_SHOWN_ROLES),
  };
  // a text that holds another one first
  const hidden = [...read.sensitive].sort((a, b) => b.length - a.length);
  if (hidden.length === 0) return outputs;
  return mapTexts(outputs, (text) => hidden.reduce((shown, one) => shown.replaceAll(one, "(sensitive)"), text));
}

function noRole(message: string): InputError {
  return inputError(
    "no-role",
    message,
    "Paste a trust policy, what aws iam get-role prints, a Terraform plan as JSON, or a federation file.",
  );
}

/** Each Allow is compared with each Deny, and more pairs than these would block the page. */
const MAX_PAIRS = 64;

/** What messages call the pasted text. */
const FILE = "policy";
