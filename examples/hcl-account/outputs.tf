output "oidc_provider_arn" {
  description = "The IAM OIDC provider of the account issuer"
  value       = module.databricks.oidc_provider_arn
}

output "role_arns" {
  description = "ARNs of the roles, by role"
  value       = module.databricks.role_arns
}

output "trust_policies" {
  description = "Who may assume each role: known in the first plan"
  value       = module.databricks.trust_policies
}
