/** What an adoption takes for granted because no document says it. Pure. */
import { formatPath } from "../federation/path";
import type { ExistingAccount, ExistingRole } from "./account";
import { parseRole } from "../trust/parsed/parse-role";
import type { AdoptedIssuer } from "./issuers";
import { isEmptied, NOBODY } from "./suspension";

/** Each in a sentence, with what to give to know it. `roles`: those that concern Databricks. */
export function assumptions(
  account: ExistingAccount,
  roles: readonly ExistingRole[],
  issuers: readonly AdoptedIssuer[],
): readonly string[] {
  const names = (of: (role: ExistingRole) => boolean): string => {
    const found = roles.filter(of).map(({ name }) => name);
    return found.length === roles.length && found.length > 0 ? "all roles" : found.join(", ");
  };
  const unsettled = names(({ settings }) => settings === null);
  const undetailed = names(({ details }) => details === null);
  const unread = names(({ policies }) => policies === null);
  const emptied = names(({ lint }) => isEmptied(parseRole(lint).statements));
  return [
    ...account.notes,
    ...issuers
      .filter(({ provider }) => provider.clientIds === null)
      .map(
        ({ key, provider, audiences }) =>
          `${formatPath(["issuers", key])}: no document says what the provider of ${provider.url} registers. ` +
          `Those that roles require are assumed (${audiences.join(", ")}), and the provider is used as it is. ` +
          "To take it over, add what aws iam get-open-id-connect-provider prints.",
      ),
    ...(unsettled === ""
      ? []
      : [
          `No document says the description and the longest session of ${unsettled}: none and 1h are assumed. ` +
            "get-account-authorization-details leaves them out; add what aws iam list-roles prints.",
        ]),
    ...(undetailed === ""
      ? []
      : [
          `No document says the tags and the permissions boundary of ${undetailed}: none are assumed. ` +
            "Add what aws iam get-role or get-account-authorization-details prints.",
        ]),
    ...(unread === ""
      ? []
      : [
          `No document says the policies of ${unread}: they are left as they are, and not in the file. ` +
            "Add what aws iam get-account-authorization-details prints.",
        ]),
    ...(emptied === ""
      ? []
      : [
          `The policy of ${emptied} keeps sessions of web identities out and names none, as where all are suspended: ` +
            `a suspended subject "${NOBODY}" stands for them. Put in those whom the role trusted, to lift it some day.`,
        ]),
  ];
}
