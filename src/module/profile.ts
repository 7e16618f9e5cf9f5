/** A generator profile: an organization's own rules, baked into the modules it emits. Read from YAML. */
import { refuse } from "../errors";
import { canonicalInput } from "../federation/canonical-input";
import { parsePath } from "../federation/path";
import { shape } from "../federation/shape";
import { readYaml } from "../federation/yaml-source";
import { contradictions } from "./profile-contradictions";
import type { Profile } from "./profile-schema";
import { profileSchema } from "./profile-schema";

/**
 * Reads a profile. Throws InputError with every problem, each with code, path, line and column: profile-invalid,
 * unknown-key, wrong-type, the codes of the values (host-not-databricks, boundary-arn-invalid, …) and of
 * `contradictions`.
 */
export function parseProfile(text: string, options: { readonly file?: string } = {}): Profile {
  const source = readYaml(text.replace(/^\ufeff/, ""));
  const file = options.file === undefined ? {} : { file: options.file };
  refuse(source.problems.map((problem) => ({ ...problem, ...file })));
  const { value, problems } = canonicalInput(source.value ?? {});
  const shaped = shape(profileSchema, value, [], source.typedAt);
  const found = [...problems, ...shaped.problems, ...(shaped.value === undefined ? [] : contradictions(shaped.value))];
  refuse(
    found.map((problem) => ({
      ...problem,
      ...file,
      ...source.locate(parsePath(problem.path ?? ""), problem.code === "unknown-key" ? "key" : "value"),
    })),
  );
  if (shaped.value === undefined) throw new RangeError("a profile without problems is readable");
  return shaped.value;
}
