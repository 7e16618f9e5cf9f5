import { accessSync, constants, existsSync, readdirSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";

/** Full path of a program on PATH, or undefined. */
export function findOnPath(program: string): string | undefined {
  for (const folder of (process.env["PATH"] ?? "").split(delimiter)) {
    const candidate = join(folder, program);
    if (folder !== "" && isExecutable(candidate)) return candidate;
  }
  return undefined;
}

/** nginx, which Debian puts where ordinary users' PATH does not look. */
export function findNginx(): string | undefined {
  return findOnPath("nginx") ?? ["/usr/sbin/nginx"].find(isExecutable);
}

/**
 * The folder to give Terraform as `filesystem_mirror`: the one that holds
 * `registry.terraform.io/hashicorp/aws`. `DATABRICKS_AWS_OIDC_PROVIDER_MIRROR` goes first, then the
 * folders where Terraform, packages and images usually keep providers.
 */
export function findProviderMirror(): string | undefined {
  const chosen = process.env["DATABRICKS_AWS_OIDC_PROVIDER_MIRROR"];
  if (chosen !== undefined && chosen !== "") return holdsAwsProvider(chosen) ? chosen : undefined;
  // The plugin cache last: it only links to where providers really are.
  const cache = join(homedir(), ".terraform.d", "plugin-cache");
  return [...usualMirrors(), ...childrenOf("/opt"), ...childrenOf("/usr/local/share"), cache].find(holdsAwsProvider);
}

function usualMirrors(): readonly string[] {
  const home = homedir();
  return [
    join(home, ".terraform.d", "plugins"),
    join(process.env["XDG_DATA_HOME"] ?? join(home, ".local", "share"), "terraform", "plugins"),
    "/usr/local/share/terraform/plugins",
    "/usr/share/terraform/plugins",
  ];
}

function childrenOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .flatMap((entry) => [join(folder, entry.name), join(folder, entry.name, "plugins")]);
  } catch {
    return [];
  }
}

function holdsAwsProvider(folder: string): boolean {
  return existsSync(join(folder, "registry.terraform.io", "hashicorp", "aws"));
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
