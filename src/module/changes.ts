/** What changed in the modules, release by release, newest first: the source of each module's CHANGELOG.md. */
export const MODULE_CHANGES: readonly { readonly version: string; readonly changes: readonly string[] }[] = [
  { version: "0.1.0", changes: ["First release."] },
];
