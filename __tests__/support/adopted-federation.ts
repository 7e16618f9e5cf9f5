/** Accounts that federations deploy, adopted, and compared with the federations. */
import fc from "fast-check";
import { accountOf } from "../../src/adopt/account";
import { adopt } from "../../src/adopt/adopt";
import type { Adoption } from "../../src/adopt/adoption";
import { openTo } from "../../src/adopt/open-pattern";
import { readAccountText } from "../../src/adopt/read-account";
import type { AccountView, Federation } from "../../src/federation";
import { accountView, inlinePoliciesOf, parseFederation, roleTags, roleTrustPolicy } from "../../src/federation";
import { WORKSPACE_ID } from "../../src/issuer/rules";
import { workspaceIdOfHost } from "../../src/issuer/clouds";
import { satisfies } from "../../src/text/text-rule";
import { trustPolicyJson } from "../../src/trust/build";
import { compare, readPolicy } from "../../src";
import { arbitraryFederation } from "./arbitrary-federation";
import { arbitrarySpelling, iamDocuments, spelled, type Spelling } from "./existing-account";

const OPTIONS = {
  name: "adopted",
  schema: "schema.json",
  sameState: false,
  evidence: null,
  now: Date.parse("2026-11-29T12:00:00Z") / 1000,
};

/** The account of a federation, read from what `aws iam` prints, and taken over. */
export function takenOver(view: AccountView, spellings: readonly Spelling[]): Adoption {
  const { details, roles, providers } = iamDocuments(view, spellings);
  const parts = [details, roles, ...providers].map((document, index) =>
    readAccountText(JSON.stringify(document), `document-${index}.json`),
  );
  return adopt(accountOf(parts, undefined), OPTIONS);
}

export function viewOf(federation: Federation): AccountView {
  const [account] = federation.accounts;
  if (account === undefined) throw new RangeError("a federation has an account");
  return accountView(federation, account);
}

/** Whether AWS tells enough of an issuer for a federation file. */
function isKnown({ input, audiences }: Federation["issuers"][string]): boolean {
  return (
    input.level === "account" ||
    audiences.some((audience) => satisfies(WORKSPACE_ID, audience)) ||
    workspaceIdOfHost(input.host) !== null
  );
}

/** Whether a federation file can say the role again from what AWS has: nothing there tells of `reason` and such. */
function isSayable(role: Federation["roles"][number], { federation }: AccountView): boolean {
  return role.trusts.every((trust) => {
    // a federation file has one issuer at least
    if (trust.kind === "unityCatalog") return Object.values(federation.issuers).some(isKnown);
    const issuer = federation.issuers[trust.issuer];
    return (
      issuer !== undefined &&
      isKnown(issuer) &&
      trust.wideSubjectPatterns.every(({ pattern }) => openTo(pattern) === null)
    );
  });
}

/**
 * Takes over so many generated accounts and expects that what a federation file can say comes back the same; returns
 * how many roles were compared.
 */
export function comesBackTheSame(accounts: number): number {
  let compared = 0;
  fc.assert(
    fc.property(
      arbitraryFederation,
      fc.array(arbitrarySpelling, { minLength: 1, maxLength: 4 }),
      (given, spellings) => {
        const view = viewOf(given);
        const { text, written, leftRoles, federation } = takenOver(view, spellings);
        const sayable = view.roles.filter((role) => isSayable(role, view)).map(({ name }) => name);
        const wrongly = leftRoles.filter(({ role }) => sayable.includes(role.name));
        expect(wrongly.map(({ role, faults }) => [role.name, faults])).toEqual([]);
        expect(written.map(({ role }) => role.name).sort()).toEqual([...sayable].sort());
        expect(leftRoles.length).toBe(view.roles.length - sayable.length);
        if (text === null || federation === null) return;
        const again = viewOf(parseFederation(text).federation);
        expect(again.federation).toEqual(federation);
        for (const role of again.roles) {
          const before = view.roles.find(({ name }) => name === role.name);
          if (before === undefined) throw new Error("a role that was not there");
          const settings = (of: typeof role, from: AccountView) => ({
            path: of.path,
            description: of.description === "" ? null : of.description,
            session: of.maxSessionDuration,
            boundary: of.permissionsBoundaryArn,
            tags: roleTags(of, from.federation),
            attached: Object.values(of.managedPolicyArns).sort(),
            inline: inlinePoliciesOf(of, from),
          });
          expect(settings(role, again)).toEqual(settings(before, view));
          const index = view.roles.indexOf(before);
          const stored = spelled(roleTrustPolicy(before, view), spellings[index % spellings.length] as Spelling);
          const [ours, theirs] = [readPolicy(trustPolicyJson(roleTrustPolicy(role, again))), readPolicy(stored)];
          if (!ours.ok || !theirs.ok) throw new Error("both read");
          expect(compare(ours.policy, theirs.policy).kind).toBe("none");
          expect(compare(theirs.policy, ours.policy).kind).toBe("none");
          compared += 1;
        }
      },
    ),
    { numRuns: accounts },
  );
  return compared;
}
