/** `completion`: a script by which bash or zsh completes verbs, flags and their values. */
import { existsSync } from "node:fs";
import { extname } from "node:path";
import type { CommandModule } from "yargs";
import { examples } from "../examples";
import type { ExitCode } from "../run";
import { run, say } from "../run";

interface Flags {
  readonly shell: "bash" | "zsh";
}

const command: CommandModule<object, Flags> = {
  command: "completion <shell>",
  describe: "Print a completion script for bash or zsh",
  builder: (yargs) =>
    yargs
      .positional("shell", { choices: ["bash", "zsh"] as const, demandOption: true, describe: "Which shell" })
      .epilogue(
        examples(
          ["source <($0 completion bash)", "in ~/.bashrc"],
          ["source <($0 completion zsh)", "in ~/.zshrc, after compinit"],
        ),
      ),
  handler: ({ shell }) =>
    run(async (): Promise<ExitCode> => {
      const [{ bashCompletion }, { zshCompletion }, { knownVerb }, { VERBS }] = await Promise.all([
        import("../completion/bash"),
        import("../completion/zsh"),
        import("../known-verbs"),
        import("../verb-names"),
      ]);
      const verbs = Object.entries(VERBS).map(([name, describe]) => {
        // the verbs lie beside this one, as source and as built
        const file = `${__dirname}/${name}`;
        const there = existsSync(`${file}${extname(__filename)}`);
        return knownVerb(
          name,
          describe,
          there ? (require(file) as { readonly default: CommandModule<object, never> }).default : { command: name },
        );
      });
      say((shell === "bash" ? bashCompletion : zshCompletion)("databricks-aws-oidc", verbs));
      return 0;
    }, {}),
};

export default command;
