/** What leaves the Terraform state that has it now, as a section of adopted.md. Pure. */
import { resourceName } from "../federation/imports";
import { shellWord, showInvisible } from "../text/escape";
import type { Adoption } from "./adoption";

/** A block of code, whatever is in it. */
export function fenced(text: string, language: "hcl" | "sh" | "yaml"): readonly string[] {
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map(({ length }) => length));
  const fence = "`".repeat(longest + 1);
  return [`${fence}${language}`, showInvisible(text.trimEnd(), "\n"), fence, ""];
}

/** What must leave the state that has it now, before or after the import, or two states manage one thing. */
export function otherState({ issuers, written, imports }: Adoption): readonly string[] {
  const moved = new Set(imports.resources.filter(({ movedFrom }) => movedFrom !== null).map(resourceName));
  const addresses = [
    ...issuers.flatMap(({ key, provider, unmanaged }) =>
      unmanaged === null &&
      provider.address !== null &&
      !moved.has(resourceName({ kind: "provider", key, policy: null }))
        ? [provider.address]
        : [],
    ),
    ...written.flatMap(({ key, role: { addresses: at } }) =>
      at.role === null || moved.has(resourceName({ kind: "role", key, policy: null }))
        ? at.others
        : [at.role, ...Object.values(at.attached), ...Object.values(at.inline), ...at.others],
    ),
  ];
  const all = [...new Set(addresses)].map((address) => showInvisible(address));
  if (all.length === 0) return [];
  const plain = all.filter((address) => !address.includes("["));
  return [
    "These resources are in a state already. Take them out of its configuration and its state, or two configurations",
    "manage them. With Terraform 1.7 or later, in that configuration, in place of what declares them:",
    "",
    ...fenced(
      [...new Set(all.map((address) => address.replace(/\[(?:"(?:[^"\\]|\\.)*"|\d+)\]/g, "")))]
        .map((address) => `removed {\n  from = ${address}\n\n  lifecycle {\n    destroy = false\n  }\n}\n`)
        .join("\n"),
      "hcl",
    ),
    ...(plain.length === all.length
      ? []
      : [
          "A `removed` block takes every instance of a resource. Where some are to stay, run the commands below for " +
            "the others instead.",
          "",
        ]),
    "Before that version, or in OpenTofu before 1.7:",
    "",
    ...fenced(all.map((address) => `terraform state rm ${shellWord(address)}`).join("\n"), "sh"),
  ];
}
