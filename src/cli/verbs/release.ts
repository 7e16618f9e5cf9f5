/** `release notes`: what changed since the last release; `release record`: store what a release promises. */
import { version as ownVersion } from "../../../package.json";
import { flags } from "../flags";
import { sayJson, sayResult, tell } from "../run";
import { verb, type VerbGroup } from "../verb";

const notes = verb({
  about: "The CHANGELOG entry, from what changed since the last release",
  flags: flags("modules", "version", "previous", "json"),
  run: async (options): Promise<0> => {
    const { notesSince } = await import("../../release/notes");
    const result = await notesSince({ ...options, version: options.version ?? ownVersion });
    sayResult(options.json, result, result.notes);
    if (result.leastVersion !== null)
      tell(`The lowest version after ${result.previous ?? ""} is ${result.leastVersion}.`);
    return 0;
  },
});

const record = verb({
  about: "Store a packed release's manifest and consumers, for later releases to be compared with",
  flags: flags("release", "releases", "json"),
  run: async (options): Promise<0> => {
    const { recordRelease } = await import("../../release/record-release");
    const { folder, version, changed } = await recordRelease(options.release, options.releases);
    if (options.json) sayJson({ folder, version, changed });
    else tell(`${folder} ${changed ? "records" : "already records"} release ${version}.`);
    return 0;
  },
});

export default { verbs: { notes, record } } satisfies VerbGroup;
