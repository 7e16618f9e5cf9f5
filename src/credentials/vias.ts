/** How AWS is reached: with a Databricks token as web identity, or through Unity Catalog's own role. */
export const VIAS = ["web-identity", "unity-catalog"] as const;

export type Via = (typeof VIAS)[number];
