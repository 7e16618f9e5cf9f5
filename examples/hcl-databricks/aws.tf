# The AWS half: the workspace's issuer, and two roles. Of Databricks it needs local.application_id and local.external_id.

locals {
  databricks_account_id = "7d3c2b1a-0f5e-4c8d-9a6b-123456789012"
  region                = "us-east-1"
  role_name             = "etl"
  workspace_host        = "mycompany.cloud.databricks.com"
  workspace_id          = "1444828305810485"

  # Known before the role is, and before its trust policy is.
  role_arn = "arn:${data.aws_partition.this.partition}:iam::${data.aws_caller_identity.this.account_id}:role/databricks/${local.role_name}"
}

data "aws_caller_identity" "this" {}

data "aws_partition" "this" {}

module "aws" {
  source = "../../modules/databricks-federation"
  # From a registry instead:
  # source  = "registry.example.com/acme/databricks-federation/aws"
  # version = "~> 0.1"

  issuers = {
    production = {
      level        = "workspace"
      host         = local.workspace_host
      workspace_id = local.workspace_id
    }
  }

  role_path = "/databricks/"

  roles = {
    # By both ways: as web identity of the service principal, and through the service credential.
    (local.role_name) = {
      description = "Nightly jobs write the lake"
      trusts = [
        {
          issuer             = "production"
          service_principals = [local.application_id]
        },
        {
          unity_catalog = {
            cloud        = "aws"
            external_ids = [local.external_id]
          }
        },
      ]
      inline_policies = {
        lake = jsonencode({
          Version = "2012-10-17"
          Statement = [{
            Effect   = "Allow"
            Action   = ["s3:GetObject", "s3:PutObject"]
            Resource = ["arn:aws:s3:::mycompany-lake/*"]
          }]
        })
      }
    }

    # Trusts nothing that is made here: its policy is in the first plan.
    lake-reader = {
      description = "Analysts read the lake"
      trusts = [{
        issuer             = "production"
        service_principals = ["1f0e9d8c-7b6a-4594-8372-615049382716"]
      }]
    }
  }
}
