# A storage credential of Unity Catalog and its role, in one apply: the credential needs the role's ARN, and the role
# the credential's external ID.

resource "databricks_storage_credential" "lake" {
  name = "lake"

  aws_iam_role {
    # Not role_arn: that waits for the role, and the role waits for this credential.
    role_arn = module.lake_storage.planned_role_arn
  }

  # The role is made after this.
  skip_validation = true
}

module "lake_storage" {
  source = "../../modules/databricks-federated-role"
  # From a registry instead:
  # source  = "registry.example.com/acme/databricks-federated-role/aws"
  # version = "~> 0.1"

  issuers = {}
  name    = "lake-storage"
  path    = "/databricks/"

  trusts = [{
    unity_catalog = {
      cloud        = "aws"
      external_ids = [databricks_storage_credential.lake.aws_iam_role[0].external_id]
    }
  }]

  inline_policies = {
    lake = jsonencode({
      Version = "2012-10-17"
      Statement = [
        {
          Effect   = "Allow"
          Action   = ["s3:ListBucket", "s3:GetBucketLocation"]
          Resource = ["arn:aws:s3:::mycompany-lake"]
        },
        {
          Effect   = "Allow"
          Action   = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"]
          Resource = ["arn:aws:s3:::mycompany-lake/*"]
        },
      ]
    })
  }
}

# Whatever uses the credential waits for the role and its policies.
resource "databricks_external_location" "lake" {
  name            = "lake"
  url             = "s3://mycompany-lake/tables"
  credential_name = databricks_storage_credential.lake.name

  depends_on = [module.lake_storage]
}
