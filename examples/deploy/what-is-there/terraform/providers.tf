# Written by `liftgate deploy terraform` from the catalogue: change that, or the options, and run it again.
# Where everything is made: one provider for each account and region.

terraform {
  required_version = ">= 1.3"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.40"
    }
  }
}

# How you sign in to account 111122223333 is yours to say: `profile`, or an `assume_role` block.
provider "aws" {
  alias               = "account_111122223333"
  region              = "eu-central-1"
  allowed_account_ids = ["111122223333"]
}
