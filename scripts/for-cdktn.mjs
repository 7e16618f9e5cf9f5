/** The constructs' text for CDK Terrain: it is written for cdktf, and packages and our entry differ in names only. */
export function forCdktn(text) {
  return text.replace(/(from "(?:@|databricks-aws-oidc\/)?)cdktf(?=["/])/g, "$1cdktn");
}
