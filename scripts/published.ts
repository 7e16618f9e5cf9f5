/**
 * Where this project is published, and what follows from it: the README's first commands, the installation in the
 * pages, package.json's addresses. `npm run generate` writes them. A name that is not ours yet appears in no command:
 * whoever took it would run on the machine of everyone who copies the line.
 */

export interface Published {
  /** Whether the name `databricks-aws-oidc` on npm is this project's. */
  readonly npm: boolean;
  /** The repository, like `https://github.com/OWNER/databricks-aws-oidc`; null while it has no address. */
  readonly repository: string | null;
}

export const PUBLISHED: Published = { npm: false, repository: null };

const NAME = "databricks-aws-oidc";

/** What npm is told to install: the name, or the file that a release holds and `npm pack` makes. */
export function packageSpec({ npm }: Published, version: string): string {
  return npm ? NAME : `./${NAME}-${version}.tgz`;
}

/** The README's commands for the program alone. Markdown. */
export function firstCommands(published: Published, version: string): string {
  const from = published.npm
    ? `From npm, with any Node from 20.19. Without installing anything: \`npx ${NAME} issuer --host …\`.`
    : `A release has the package as a file, which \`npm pack\` in a clone makes too. With any Node from 20.19:`;
  return `${from}

\`\`\`sh
npm install --global ${packageSpec(published, version)}
${NAME} issuer --host mycompany.cloud.databricks.com
${NAME} init
\`\`\``;
}

/** The command that installs the constructs with the packages of a kit. Markdown. */
export function installCommand(published: Published, version: string, ...peers: readonly string[]): string {
  return `\`\`\`sh\nnpm install ${[packageSpec(published, version), ...peers].join(" ")}\n\`\`\``;
}

/** Members of package.json; none while there is no address. */
export function packageAddresses({ repository }: Published): Readonly<Record<string, unknown>> {
  if (repository === null) return {};
  return {
    repository: { type: "git", url: `git+${repository}.git` },
    homepage: `${repository}#readme`,
    bugs: `${repository}/issues`,
  };
}

/** package.json with its addresses after the licence, whatever it had before. */
export function withAddresses(text: string, published: Published): string {
  const {
    repository: _repository,
    homepage: _homepage,
    bugs: _bugs,
    ...rest
  } = JSON.parse(text) as object & {
    readonly [name: string]: unknown;
  };
  const members = Object.entries(rest).flatMap((member) =>
    member[0] === "license" ? [member, ...Object.entries(packageAddresses(published))] : [member],
  );
  return `${JSON.stringify(Object.fromEntries(members), null, 2)}\n`;
}
