/** Every installed dependency carries a permissive licence, and none has a copyleft licence. */
import { readFileSync } from "node:fs";

const PERMISSIVE = new RegExp(
  "^\\(?(?:MIT(?:-0)?|ISC|BSD-[23]-Clause|0BSD|Apache-2\\.0|MPL-2\\.0|BlueOak-1\\.0\\.0|CC0-1\\.0|CC-BY-[34]\\.0" +
    "|Unlicense|Python-2\\.0|PSF-2\\.0|WTFPL|Zlib|Public Domain)\\b",
);

/** Where packages are locked: for this package, and for its documentation site. */
const FOLDERS = ["../", "../site/"];

const locked = FOLDERS.flatMap((root) => {
  const lock = JSON.parse(readFileSync(new URL(`${root}package-lock.json`, import.meta.url), "utf8"));
  return Object.entries(lock.packages)
    .filter(([folder]) => folder !== "")
    .map(([folder, entry]) => [`${root}${folder}`, entry]);
});
const refused = locked
  .map(([folder, entry]) => {
    if (entry.license !== undefined) return [folder, entry.license];
    try {
      const { license, licenses } = JSON.parse(
        readFileSync(new URL(`${folder}/package.json`, import.meta.url), "utf8"),
      );
      return [folder, license ?? licenses?.[0]?.type ?? licenses?.type ?? "none"];
    } catch {
      // an optional package for another platform is not here, so nothing of it is used
      return [folder, entry.optional === true ? "Unlicense" : "unknown"];
    }
  })
  .filter(([, license]) => !PERMISSIVE.test(typeof license === "string" ? license : String(license.type)));

for (const [folder, license] of refused) console.log(`${folder}: ${license}`);
console.log(refused.length === 0 ? "all permissive" : `${refused.length} packages are not known to be permissive`);
process.exitCode = refused.length === 0 ? 0 : 1;
