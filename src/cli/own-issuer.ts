/** `npm start -- URL`: the embedded federation with the reader's own workspace or account in place of the example's. */
import { parse } from "yaml";
import { inputError } from "../errors";
import { readFederation, type ReadFederation } from "../federation";
import { chooseIssuer } from "../issuer/choose";
import { readIssuerUrl } from "../issuer/read-url";

interface Document {
  readonly issuers: Readonly<Record<string, unknown>>;
}

/**
 * The federation of `text` (a federation file that is known to read) whose first issuer is that of `url`, any pasted
 * address of a workspace or account. Notes on what was made of the address come with the warnings.
 * Throws InputError workspace-id-invalid where the address lacks the workspace ID, and the codes of
 * `chooseIssuer`.
 */
export function withOwnIssuer(text: string, url: string): ReadFederation {
  const pasted = readIssuerUrl(url);
  const choice = chooseIssuer({ url, unifiedLogin: pasted.level === "workspace" ? true : undefined });
  if (choice.audience === null) {
    throw inputError(
      "workspace-id-invalid",
      `${pasted.host} does not contain a workspace ID.`,
      "Paste the address the browser shows inside the workspace, with its ?o= and the number.",
    );
  }
  const own =
    pasted.level === "workspace"
      ? { level: "workspace", host: pasted.host, workspaceId: choice.audience }
      : { level: "account", accountId: choice.audience, accountsHost: pasted.host };
  const document = parse(text) as Document;
  const [first] = Object.keys(document.issuers);
  const read = readFederation({ ...document, issuers: { ...document.issuers, [first ?? "production"]: own } });
  return { federation: read.federation, warnings: [...choice.warnings, ...read.warnings] };
}
