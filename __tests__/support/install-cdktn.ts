import { installCdktn } from "../../scripts/cdktn";

/** Before the tests that run with CDK Terrain. Where it cannot be installed they fail, and no others with them. */
export default function install(): void {
  try {
    installCdktn();
  } catch (error) {
    process.stderr.write(`CDK Terrain is not installed: ${error instanceof Error ? error.message : String(error)}\n`);
  }
}
