/** The `explain` command that shows what a policy says of one request. */
import { type DocumentKind, STDIN } from "../trust/documents/document";
import type { Witness } from "../trust/exact/request";
import { parseProviderArn } from "../issuer/issuer";
import { shellWord } from "../text/escape";

export interface ExplainCommand {
  /** What goes to standard input: the claims as JSON. */
  readonly claims: Readonly<Record<string, unknown>>;
  /** Arguments of `databricks-aws-oidc`. */
  readonly arguments: readonly string[];
}

/** Any moment will do: times are claims of the token, and no trust policy reads them. */
const NOW = 1_767_225_600;

/** Where the policy was read from. `role`: the name of its role, or else its path there. */
export interface ExplainedPlace {
  readonly file: string;
  readonly kind: DocumentKind;
  readonly role: string;
}

/** The command for a request by web identity; null for any other. */
export function explainCommand(witness: Witness | null, { file, kind, role }: ExplainedPlace): ExplainCommand | null {
  const issuerPath =
    witness?.principal.kind === "Federated" ? parseProviderArn(witness.principal.arn)?.issuerPath : undefined;
  // the claims go to standard input: a document that came from there has no name to give
  if (witness === null || issuerPath === undefined || file === STDIN) return null;
  const claims = Object.fromEntries(
    Object.entries(witness.claims).map(([name, values]) => [name, values.length === 1 ? values[0] : values]),
  );
  const context = Object.entries(witness.context).flatMap(([key, values]) =>
    values.flatMap((value) => ["--context", `${key}=${value}`]),
  );
  const where =
    kind === "federation"
      ? ["--config", file, "--role", role.replace(/^roles\./, "")]
      : kind === "trust policy" || kind === "role"
        ? ["--policy", file, "--provider-url", `https://${issuerPath}`, "--client-id", String(claims["aud"])]
        : ["--plan", file, "--role", role];
  return {
    claims: { iss: `https://${issuerPath}`, ...claims, iat: NOW, exp: NOW + 3600 },
    arguments: ["explain", ...where, "--claims", "-", "--now", String(NOW + 60), ...context],
  };
}

/** The command as a line for a POSIX shell. */
export function shellLine({ claims, arguments: words }: ExplainCommand): string {
  return `echo ${shellWord(JSON.stringify(claims))} | databricks-aws-oidc ${words.map(shellWord).join(" ")}`;
}
