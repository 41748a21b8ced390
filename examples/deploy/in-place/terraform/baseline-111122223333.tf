# Written by `liftgate deploy terraform` from the catalogue: change that, or the options, and run it again.
# Everyday access: to list and to get, and nothing else. Account 111122223333.

# The permissions boundary of LakesideReadOnly, which is opened in place for archive-in-place: it may read,
# and never do more than that and their ceilings.
resource "aws_iam_policy" "a111122223333_LakesideReadOnlyInPlaceBoundary" {
  provider = aws.account_111122223333
  name     = "LakesideReadOnlyInPlaceBoundary"
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
        Resource = "arn:aws:s3:::lakeside-reports/archive/*"
      },
      {
        Effect = "Allow"
        Action = [
          "s3:GetBucketLocation",
          "s3:ListBucket",
          "s3:ListBucketMultipartUploads",
        ]
        Resource = "arn:aws:s3:::lakeside-reports"
      },
      {
        Effect = "Allow"
        Action = [
          "s3:GetObject",
          "s3:GetObjectAttributes",
          "s3:GetObjectTagging",
          "s3:ListMultipartUploadParts",
        ]
        Resource = "arn:aws:s3:::lakeside-reports/*"
      },
    ]
  })
}

# Everyday access: list and get in the buckets of which more can be asked for, nothing else.
resource "aws_iam_policy" "a111122223333_LiftgateReadOnly" {
  provider = aws.account_111122223333
  name     = "LiftgateReadOnly"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect = "Allow"
        Action = [
          "s3:GetBucketLocation",
          "s3:ListBucket",
          "s3:ListBucketMultipartUploads",
        ]
        Resource = "arn:aws:s3:::lakeside-reports"
      },
      {
        Effect = "Allow"
        Action = [
          "s3:GetObject",
          "s3:GetObjectAttributes",
          "s3:GetObjectTagging",
          "s3:ListMultipartUploadParts",
        ]
        Resource = "arn:aws:s3:::lakeside-reports/*"
      },
    ]
  })
}

# The role that people hold all day. Each session bears the name of the user who took it up, and so proves who
# asks.
resource "aws_iam_role" "a111122223333_LakesideReadOnly" {
  provider             = aws.account_111122223333
  name                 = "LakesideReadOnly"
  max_session_duration = 3600
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid    = "EachByTheirOwnName"
        Effect = "Allow"
        Principal = {
          AWS = [
            "arn:aws:iam::111122223333:user/ada",
            "arn:aws:iam::111122223333:user/grace",
            "arn:aws:iam::111122223333:user/linus",
          ]
        }
        Action = "sts:AssumeRole"
        Condition = {
          StringEquals = {
            "sts:RoleSessionName" = "$${aws:username}"
          }
        }
      },
    ]
  })
  permissions_boundary = aws_iam_policy.a111122223333_LakesideReadOnlyInPlaceBoundary.arn
}

resource "aws_iam_role_policy_attachment" "a111122223333_LakesideReadOnly-LiftgateReadOnly" {
  provider   = aws.account_111122223333
  role       = aws_iam_role.a111122223333_LakesideReadOnly.name
  policy_arn = aws_iam_policy.a111122223333_LiftgateReadOnly.arn
}
