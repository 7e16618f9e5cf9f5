/** Every verb and what it does, in the order of a user's way. */
export const VERBS: Readonly<Record<string, string>> = {
  issuer: "Which issuer, and every URL and ARN derived from it",
  init: "Write a federation.yaml, by questions or by flags",
  generate: "Write modules, a root, client files or the JSON Schema",
  lint: "Check a federation, a policy, a Terraform plan",
  explain: "Would this token get this role, and if not, which line says no",
  prove: "Every declared identity gets in, and nobody else does",
  doctor: "Check the real endpoints: discovery, keys, provider, role",
  token: "Get or read a Databricks token",
  credentials: "AWS credentials for a role, without a stored key",
  sandbox: "A local Databricks and STS for trying all of it offline",
  report: "One HTML page: who reaches what",
  pack: "Module releases: archives, checksums, manifest",
  release: "Release notes from the difference of two contracts",
  publish: "Put releases into a registry",
  serve: "Serve a registry folder over HTTP, for trying it",
  completion: "Print a completion script for bash or zsh",
};
