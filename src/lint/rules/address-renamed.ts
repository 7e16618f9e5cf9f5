import { issuerPathOf } from "../../issuer/issuer";
import type { LintRole } from "../../trust/parsed/target";
import { addressWithoutKeys } from "../../trust/documents/module-calls";
import { renameExample } from "../examples";
import type { PlanRule } from "../rule";
import { SOURCES } from "../sources";

export const addressRenamed: PlanRule = {
  id: "address-renamed",
  on: "plan",
  severity: "warning",
  title: "Role or provider that is destroyed at one address and made again at another",
  why:
    "Keys of roles and issuers are Terraform addresses: renaming a key destroys what it names. Who uses it is " +
    "locked out meanwhile, and AWS refuses the new one while the old one of that name or URL exists.",
  fix: "Keep the key, or add a moved block from the old address to the new one, and set name to the old name.",
  good: renameExample("lake-reader", "lake-reader"),
  bad: renameExample("lake-reader", "reader"),
  source: SOURCES.moved,
  check: ({ destroyed, made }) => [
    ...pairs(destroyed.roles, made.roles, roleTexts).map(([from, to]) => ({
      path: to,
      message: `The plan destroys the role ${from} and makes one of the same name or trust policy.`,
    })),
    ...pairs(destroyed.providers, made.providers, ({ url }) => [issuerPathOf(url)]).map(([from, to]) => ({
      path: to,
      message: `The plan destroys the provider ${from} and makes one of the same URL.`,
    })),
  ],
};

/** The old and the new address of each pair that has a text in common, where no third has it. */
function pairs<T extends { readonly path: string }>(
  destroyed: readonly T[],
  made: readonly T[],
  texts: (one: T) => readonly string[],
): readonly (readonly [string, string])[] {
  if (destroyed.length === 0) return [];
  const byText = (all: readonly T[]): ReadonlyMap<string, readonly string[]> => {
    const found = new Map<string, string[]>();
    for (const one of all) for (const text of texts(one)) found.set(text, [...(found.get(text) ?? []), one.path]);
    return found;
  };
  const [before, after] = [byText(destroyed), byText(made)];
  const renamed = new Map<string, string>();
  for (const [text, [from, ...others]] of before) {
    const [to, ...more] = after.get(text) ?? [];
    if (from !== undefined && to !== undefined && others.length + more.length === 0 && !renamed.has(from))
      renamed.set(from, to);
  }
  return [...renamed];
}

/** The role's name; and its module with its trust policy, in which a role that trusts itself is named. */
function roleTexts({ name, path, policy }: LintRole): readonly string[] {
  const own = name === null ? [] : [`name ${name}`];
  try {
    const written = name === null ? JSON.stringify(policy) : JSON.stringify(policy).replaceAll(`/${name}"`, '/"');
    return [...own, `${addressWithoutKeys(path).replace(/\.[^.]+$/, "")} ${written}`];
  } catch {
    return own; // nested too deeply to print
  }
}
