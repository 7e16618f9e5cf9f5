/** A federation as YAML, each value encoded by the YAML library. Pure. */
import { Document } from "yaml";

/** A document of `value`, which reads back the same. */
export function yamlDocument(value: unknown): Document {
  // an older reader would take a bare 2012-10-17 for a date and a bare no for a boolean
  return new Document(value, { compat: "yaml-1.1", aliasDuplicateObjects: false });
}
