/** Reads a federation file for the linter. Loaded only for one: YAML and the schema are slow to load. */
import { parseFederation } from "../federation";
import { accountView } from "../federation/account-view";
import { identityNames } from "../federation/identities";
import { parsePath } from "../federation/path";
import { readYaml } from "../federation/yaml-source";
import { targetOfAccount } from "./lint-federation";
import type { LintDocument } from "../trust/documents/document";

/** `now`: seconds since the epoch. Throws InputError with every problem of the file. */
export function readFederationDocument(text: string, file: string, now?: number): LintDocument {
  const { federation } = parseFederation(text, { file, now });
  let source: ReturnType<typeof readYaml> | undefined;
  return {
    kind: "federation",
    targets: federation.accounts.map((account) => ({
      name: account.key ?? "",
      before: null,
      target: targetOfAccount(accountView(federation, account)),
    })),
    unknownPolicies: [],
    leftAside: 0,
    sensitive: [],
    namesOf: identityNames(federation),
    locate: (path) => {
      source ??= readYaml(text.replace(/^\ufeff/, ""));
      const place = source.locate(parsePath(filePath(path)), "key");
      return place.line === undefined || place.column === undefined
        ? undefined
        : { line: place.line, column: place.column };
    },
  };
}

/**
 * The part of a finding's path that is in the file: `roles.r.trusts[0].Condition.StringLike` ->
 * `roles.r.trusts[0]`.
 */
function filePath(path: string): string {
  return path.replace(
    /\.(?:Condition|Principal|Action|Resource|NotAction|NotPrincipal)(?:\..*)?$|\.max_session_duration$/,
    "",
  );
}
