# Written by `liftgate deploy terraform` from the catalogue: change that, or the options, and run it again.
# The roles that Liftgate lends, each no wider than its entitlements. Account 111122223333.

# The ceiling of export-publish: what export-publish may do, and its permissions boundary, so that no policy
# that is added later lets it do more.
resource "aws_iam_policy" "a111122223333_export-publishCeiling" {
  provider = aws.account_111122223333
  name     = "export-publishCeiling"
  path     = "/liftgate/"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect = "Allow"
        Action = [
          "s3:AbortMultipartUpload",
          "s3:ListMultipartUploadParts",
          "s3:PutObject",
        ]
        Resource = "arn:aws:s3:::exports/nightly/*"
      },
      {
        Effect   = "Allow"
        Action   = "s3:GetBucketLocation"
        Resource = "arn:aws:s3:::exports"
      },
      {
        Effect = "Allow"
        Action = [
          "kms:Decrypt",
          "kms:GenerateDataKey",
        ]
        Resource = "arn:aws:kms:eu-central-1:111122223333:key/0d1f8a5e-9c3b-4b55-8a55-2f4d7c1e9a10"
        Condition = {
          StringEquals = {
            "kms:ViaService" = "s3.eu-central-1.amazonaws.com"
          }
        }
      },
      {
        Effect   = "Allow"
        Action   = "s3:ListBucket"
        Resource = "arn:aws:s3:::exports"
        Condition = {
          StringLike = {
            "s3:prefix" = "nightly/*"
          }
        }
      },
    ]
  })
}

# The ceiling of reports-write: what reports-write may do, and its permissions boundary, so that no policy
# that is added later lets it do more.
resource "aws_iam_policy" "a111122223333_reports-writeCeiling" {
  provider = aws.account_111122223333
  name     = "reports-writeCeiling"
  path     = "/liftgate/"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect = "Allow"
        Action = [
          "s3:AbortMultipartUpload",
          "s3:DeleteObject",
          "s3:ListMultipartUploadParts",
          "s3:PutObject",
        ]
        Resource = "arn:aws:s3:::reports/2026/*"
      },
      {
        Effect   = "Allow"
        Action   = "s3:GetBucketLocation"
        Resource = "arn:aws:s3:::reports"
      },
      {
        Effect   = "Allow"
        Action   = "s3:ListBucket"
        Resource = "arn:aws:s3:::reports"
        Condition = {
          StringLike = {
            "s3:prefix" = "2026/*"
          }
        }
      },
    ]
  })
}

# Lent for export-publish. The broker alone may assume it, by a session name of Liftgate's form, with the
# person as source identity and the grant as tag.
resource "aws_iam_role" "a111122223333_export-publish" {
  provider             = aws.account_111122223333
  name                 = "export-publish"
  path                 = "/liftgate/"
  max_session_duration = 3600
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid    = "LendToTheBrokerAlone"
        Effect = "Allow"
        Principal = {
          AWS = aws_iam_role.a111122223333_LiftgateBroker.arn
        }
        Action = "sts:AssumeRole"
        Condition = {
          StringLike = {
            "sts:RoleSessionName"            = "gr-????????????????-*"
            "sts:SourceIdentity"             = "??*"
            "aws:RequestTag/liftgate-grant"  = "gr-????????????????"
            "aws:RequestTag/liftgate-person" = "??*"
          }
        }
      },
      {
        Sid    = "NameTheGrant"
        Effect = "Allow"
        Principal = {
          AWS = aws_iam_role.a111122223333_LiftgateBroker.arn
        }
        Action = "sts:TagSession"
        Condition = {
          StringLike = {
            "aws:RequestTag/liftgate-grant"  = "gr-????????????????"
            "aws:RequestTag/liftgate-person" = "??*"
          }
          "ForAllValues:StringEquals" = {
            "aws:TagKeys" = [
              "liftgate-grant",
              "liftgate-person",
            ]
          }
        }
      },
      {
        Sid    = "NameThePerson"
        Effect = "Allow"
        Principal = {
          AWS = aws_iam_role.a111122223333_LiftgateBroker.arn
        }
        Action = "sts:SetSourceIdentity"
        Condition = {
          StringLike = {
            "sts:SourceIdentity" = "??*"
          }
        }
      },
    ]
  })
  permissions_boundary = aws_iam_policy.a111122223333_export-publishCeiling.arn
}

resource "aws_iam_role_policy_attachment" "a111122223333_export-publish-export-publishCeiling" {
  provider   = aws.account_111122223333
  role       = aws_iam_role.a111122223333_export-publish.name
  policy_arn = aws_iam_policy.a111122223333_export-publishCeiling.arn
}

# Lent for reports-write. The broker alone may assume it, by a session name of Liftgate's form, with the
# person as source identity and the grant as tag.
resource "aws_iam_role" "a111122223333_reports-write" {
  provider             = aws.account_111122223333
  name                 = "reports-write"
  path                 = "/liftgate/"
  max_session_duration = 3600
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid    = "LendToTheBrokerAlone"
        Effect = "Allow"
        Principal = {
          AWS = aws_iam_role.a111122223333_LiftgateBroker.arn
        }
        Action = "sts:AssumeRole"
        Condition = {
          StringLike = {
            "sts:RoleSessionName"            = "gr-????????????????-*"
            "sts:SourceIdentity"             = "??*"
            "aws:RequestTag/liftgate-grant"  = "gr-????????????????"
            "aws:RequestTag/liftgate-person" = "??*"
          }
        }
      },
      {
        Sid    = "NameTheGrant"
        Effect = "Allow"
        Principal = {
          AWS = aws_iam_role.a111122223333_LiftgateBroker.arn
        }
        Action = "sts:TagSession"
        Condition = {
          StringLike = {
            "aws:RequestTag/liftgate-grant"  = "gr-????????????????"
            "aws:RequestTag/liftgate-person" = "??*"
          }
          "ForAllValues:StringEquals" = {
            "aws:TagKeys" = [
              "liftgate-grant",
              "liftgate-person",
            ]
          }
        }
      },
      {
        Sid    = "NameThePerson"
        Effect = "Allow"
        Principal = {
          AWS = aws_iam_role.a111122223333_LiftgateBroker.arn
        }
        Action = "sts:SetSourceIdentity"
        Condition = {
          StringLike = {
            "sts:SourceIdentity" = "??*"
          }
        }
      },
    ]
  })
  permissions_boundary = aws_iam_policy.a111122223333_reports-writeCeiling.arn
}

resource "aws_iam_role_policy_attachment" "a111122223333_reports-write-reports-writeCeiling" {
  provider   = aws.account_111122223333
  role       = aws_iam_role.a111122223333_reports-write.name
  policy_arn = aws_iam_policy.a111122223333_reports-writeCeiling.arn
}
