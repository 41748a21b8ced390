# Written by `liftgate deploy terraform` from the catalogue: change that, or the options, and run it again.
# The roles that Liftgate lends, each no wider than its entitlements. Account 111122223333.

# The ceiling of reports-writer: what LiftgateReportsWriter may do, and its permissions boundary, so that no
# policy that is added later lets it do more.
resource "aws_iam_policy" "a111122223333_LiftgateReportsWriterCeiling" {
  provider = aws.account_111122223333
  name     = "LiftgateReportsWriterCeiling"
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
        Resource = "arn:aws:s3:::lakeside-reports/2026/*"
      },
      {
        Effect   = "Allow"
        Action   = "s3:GetBucketLocation"
        Resource = "arn:aws:s3:::lakeside-reports"
      },
      {
        Effect   = "Allow"
        Action   = "s3:ListBucket"
        Resource = "arn:aws:s3:::lakeside-reports"
        Condition = {
          StringLike = {
            "s3:prefix" = "2026/*"
          }
        }
      },
    ]
  })
}

# Lent for reports-writer. The broker alone may assume it, by a session name of Liftgate's form, with the
# person as source identity and the grant as tag.
resource "aws_iam_role" "a111122223333_LiftgateReportsWriter" {
  provider             = aws.account_111122223333
  name                 = "LiftgateReportsWriter"
  max_session_duration = 3600
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid    = "LendToTheBrokerAlone"
        Effect = "Allow"
        Principal = {
          AWS = "arn:aws:iam::111122223333:user/liftgate-broker"
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
          AWS = "arn:aws:iam::111122223333:user/liftgate-broker"
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
          AWS = "arn:aws:iam::111122223333:user/liftgate-broker"
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
  permissions_boundary = aws_iam_policy.a111122223333_LiftgateReportsWriterCeiling.arn
}

resource "aws_iam_role_policy_attachment" "a111122223333_LiftgateReportsWriter-LiftgateReportsWriterCeiling" {
  provider   = aws.account_111122223333
  role       = aws_iam_role.a111122223333_LiftgateReportsWriter.name
  policy_arn = aws_iam_policy.a111122223333_LiftgateReportsWriterCeiling.arn
}
