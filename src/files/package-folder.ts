/** Where this package lies: its templates and modules are files beside the code. */
import { statSync } from "node:fs";
import { dirname, join } from "node:path";

let folder: string | undefined;

/** This package's folder, found upwards from where this file (or its bundle) lies. */
export function packageFolder(): string {
  if (folder !== undefined) return folder;
  for (let at = __dirname; ; at = dirname(at)) {
    if (statSync(join(at, "templates", "every-module"), { throwIfNoEntry: false })?.isDirectory() === true)
      return (folder = at);
    if (dirname(at) === at) throw new Error("the templates of this package are missing");
  }
}
