/** What deploys a federation. */
export const DEPLOYMENTS = ["terraform", "tofu", "cdktf", "cdktn"] as const;

export type Deployment = (typeof DEPLOYMENTS)[number];
