module "databricks" {
  source = "../.."

  databricks_workspace_host = "mycompany.cloud.databricks.com"
  databricks_workspace_id   = "1444828305810485"

  aws_account_id = "111122223333"
  aws_partition  = "aws"

  roles = {
    lake-reader = {
      description        = "Nightly jobs read the lake"
      service_principals = ["6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b"]
    }
    analyst = {
      users = ["alice@example.com"]
    }
  }

  tags = {
    team = "data"
  }
}

output "role_arns" {
  value = module.databricks.role_arns
}
