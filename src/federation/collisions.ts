/** Federations that cannot be deployed together: what one creates in an AWS account, another creates too. Pure. */
import type { Problem } from "../errors";
import { accountView } from "./account-view";
import type { AwsAccount, Federation } from "./model";
import { formatPath } from "./path";

/** Something that exists once in its scope, with the place in the file that creates it. */
interface Created {
  /** Equal for what collides; in lower case where AWS or a file system ignores case. */
  readonly key: string;
  /** For the message: what the other file creates. */
  readonly what: string;
  readonly path: string;
  readonly fix: string;
}

/**
 * A problem for each stack, OIDC provider and role of a file that an earlier file creates as well. Accounts whose ID no
 * file names are not compared: only their deployment tells which they are. Code: name-collision.
 */
export function findCollisions(
  files: readonly { readonly file: string; readonly federation: Federation }[],
): readonly Problem[] {
  const creators = new Map<string, string>();
  return files.flatMap(({ file, federation }) => {
    const created = federation.accounts.flatMap((account) => createdIn(account, federation));
    const problems = created.flatMap(({ key, what, path, fix }): readonly Problem[] => {
      const other = creators.get(key);
      const message = `${other ?? ""} creates ${what} as well.`;
      return other === undefined ? [] : [{ code: "name-collision", message, file, path, fix }];
    });
    // a federation has been checked by itself: only other files count
    for (const { key } of created) if (!creators.has(key)) creators.set(key, file);
    return problems;
  });
}

function createdIn(account: AwsAccount, federation: Federation): readonly Created[] {
  const stack = {
    key: `stack ${account.stackName.toLowerCase()}`,
    what: `a stack called ${account.stackName}`,
    path: "name",
    fix: "Give one of the federations another name.",
  };
  if (account.accountId === null) return [stack];
  const { providers, roles } = accountView(federation, account);
  const where = `in AWS account ${account.accountId}`;
  return [
    stack,
    ...providers
      .filter(({ create }) => create)
      .map(({ issuer, arn }) => ({
        key: arn,
        what: `the OIDC provider of ${issuer.issuer} ${where}`,
        path: formatPath(["issuers", issuer.key]),
        fix: `An account holds one provider per issuer: let one file adopt it with existingProviderArn: ${arn}.`,
      })),
    ...roles.map(({ key, name }) => ({
      key: `role ${account.accountId ?? ""} ${name.toLowerCase()}`,
      what: `a role called ${name} ${where}`,
      path: formatPath(["roles", key]),
      fix: "Give one of the roles another name, or limit it to other accounts.",
    })),
  ];
}
