/** `completion`: a script by which bash or zsh completes verbs, flags and their values. */
import { existsSync } from "node:fs";
import { extname } from "node:path";
import { PROGRAM, VERBS } from "../help";
import { say } from "../run";
import { type Verb, verb, type VerbGroup } from "../verb";

export default verb({
  flags: {},
  words: { name: "shell", choices: ["bash", "zsh"], required: true, about: "Which shell" },
  examples: [
    ["source <($0 completion bash)", "in ~/.bashrc"],
    ["source <($0 completion zsh)", "in ~/.zshrc, after compinit"],
  ],
  run: async (_options, { words: [shell] }): Promise<0> => {
    const [{ bashCompletion }, { zshCompletion }, { completionVerb }] = await Promise.all([
      import("../completion/bash"),
      import("../completion/zsh"),
      import("../completion/verb"),
    ]);
    const verbs = Object.entries(VERBS).map(([name, about]) => {
      // the verbs lie beside this one, as source and as built; a bundle may hold some of them only
      const file = `${__dirname}/${name}`;
      const declaration = existsSync(`${file}${extname(__filename)}`)
        ? (require(file) as { readonly default: Verb | VerbGroup }).default
        : { verbs: {} };
      return completionVerb(name, about, declaration);
    });
    say((shell === "bash" ? bashCompletion : zshCompletion)(PROGRAM, verbs));
    return 0;
  },
});
