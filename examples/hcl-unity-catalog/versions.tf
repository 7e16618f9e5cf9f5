terraform {
  required_version = ">= 1.5.7"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.81.0, < 7.0.0"
    }
    databricks = {
      source  = "databricks/databricks"
      version = ">= 1.60.0"
    }
  }
}

provider "aws" {
  region = "us-east-1"
}

provider "databricks" {
  host = "https://mycompany.cloud.databricks.com"
}
