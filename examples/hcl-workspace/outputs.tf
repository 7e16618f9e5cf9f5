output "role_arns" {
  description = "ARNs to give to Databricks jobs, by role"
  value       = module.databricks.role_arns
}

output "trust_policies" {
  description = "Who may assume each role: known in the first plan"
  value       = module.databricks.trust_policies
}
