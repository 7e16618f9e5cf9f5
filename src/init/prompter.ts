/** Questions in a terminal, by @inquirer/prompts. On stderr: stdout is for what the verb answers. */

export interface TextPrompt {
  readonly message: string;
  readonly default?: string | undefined;
  /** What is wrong with an answer, in a sentence; undefined: nothing. */
  readonly wrong?: (text: string) => string | undefined;
}

export interface Prompter {
  readonly text: (question: TextPrompt) => Promise<string>;
  readonly yesNo: (message: string, usual: boolean) => Promise<boolean>;
  readonly choose: <T extends string>(message: string, choices: readonly (readonly [T, string])[]) => Promise<T>;
}

/** The person pressed Ctrl-C, or the terminal went away. */
export class Stopped extends Error {}

export async function terminalPrompter(): Promise<Prompter> {
  const { input, confirm, select } = await import("@inquirer/prompts");
  const context = { output: process.stderr };
  const answered = <T>(question: Promise<T>): Promise<T> =>
    question.catch((error: unknown) => {
      throw error instanceof Error && error.name === "ExitPromptError" ? new Stopped() : error;
    });
  return {
    text: ({ message, default: usual, wrong }) =>
      answered(
        input(
          {
            message,
            ...(usual === undefined ? {} : { default: usual }),
            ...(wrong === undefined ? {} : { validate: (text: string) => wrong(text.trim()) ?? true }),
          },
          context,
        ),
      ).then((text) => text.trim()),
    yesNo: (message, usual) => answered(confirm({ message, default: usual }, context)),
    choose: (message, choices) =>
      answered(select({ message, choices: choices.map(([value, name]) => ({ value, name })) }, context)),
  };
}
