/** The published modules in a folder of modules: beside each lies the data of its release. */
import { readdirSync } from "node:fs";

export function moduleNames(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
}
