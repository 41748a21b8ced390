# Written by `liftgate deploy terraform` from the catalogue: change that, or the options, and run it again.
# The roles that Liftgate lends, each no wider than its entitlements. Account 444455556666.

# The ceiling of uploads-quarantine: what uploads-quarantine may do, and its permissions boundary, so that no
# policy that is added later lets it do more.
resource "aws_iam_policy" "a444455556666_uploads-quarantineCeiling" {
  provider = aws.account_444455556666
  name     = "uploads-quarantineCeiling"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect = "Allow"
        Action = [
          "s3:DeleteObjectTagging",
          "s3:GetObjectTagging",
          "s3:PutObjectTagging",
        ]
        Resource = "arn:aws:s3:::uploads/inbox/*"
      },
      {
        Effect   = "Allow"
        Action   = "s3:GetBucketLocation"
        Resource = "arn:aws:s3:::uploads"
      },
      {
        Effect   = "Allow"
        Action   = "s3:ListBucket"
        Resource = "arn:aws:s3:::uploads"
        Condition = {
          StringLike = {
            "s3:prefix" = "inbox/*"
          }
        }
      },
    ]
  })
}

# Lent for uploads-quarantine. The broker alone may assume it, by a session name of Liftgate's form, with the
# person as source identity and the grant as tag.
resource "aws_iam_role" "a444455556666_uploads-quarantine" {
  provider             = aws.account_444455556666
  name                 = "uploads-quarantine"
  max_session_duration = 7200
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
          StringEquals = {
            "sts:ExternalId"     = "liftgate-uploads"
            "aws:PrincipalOrgID" = "o-a1b2c3d4e5"
          }
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
  permissions_boundary = aws_iam_policy.a444455556666_uploads-quarantineCeiling.arn
}

resource "aws_iam_role_policy_attachment" "a444455556666_uploads-quarantine-uploads-quarantineCeiling" {
  provider   = aws.account_444455556666
  role       = aws_iam_role.a444455556666_uploads-quarantine.name
  policy_arn = aws_iam_policy.a444455556666_uploads-quarantineCeiling.arn
}
