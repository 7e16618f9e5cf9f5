/** Before the tests that run with CDK Terrain. */
export { installCdktn as default } from "../../scripts/cdktn";
