# Written by `liftgate deploy terraform` from the catalogue: change that, or the options, and run it again.
# How CloudTrail's events come to Liftgate. Account 444455556666.

# Management events, and writes of objects in the watched buckets alone: each data event costs.
resource "aws_cloudtrail" "a444455556666_liftgate" {
  provider = aws.account_444455556666
  # checkov:skip=CKV_AWS_252: EventBridge tells of each event, so no topic is needed for each log file.
  # checkov:skip=CKV2_AWS_10: Events go to the queue and the log files; CloudWatch Logs would be a third copy, charged by the gigabyte.
  # checkov:skip=CKV_AWS_35: A key of yours is named with --trail-key; without one S3 encrypts with its own, which costs nothing.
  name                          = "liftgate"
  s3_bucket_name                = "liftgate-trail-111122223333-eu-central-1"
  is_multi_region_trail         = true
  include_global_service_events = true
  enable_log_file_validation    = true
  advanced_event_selector {
    name = "Management events"
    field_selector {
      field  = "eventCategory"
      equals = ["Management"]
    }
  }
  advanced_event_selector {
    name = "Calls on objects in watched buckets"
    field_selector {
      field  = "eventCategory"
      equals = ["Data"]
    }
    field_selector {
      field  = "resources.type"
      equals = ["AWS::S3::Object"]
    }
    field_selector {
      field       = "resources.ARN"
      starts_with = ["arn:aws:s3:::uploads/"]
    }
    field_selector {
      field  = "readOnly"
      equals = ["false"]
    }
  }
  depends_on = [aws_s3_bucket_policy.liftgate_logs]
}

# By which the rule hands events to the broker's account.
resource "aws_iam_role" "a444455556666_LiftgateForwardEvents" {
  provider             = aws.account_444455556666
  name                 = "LiftgateForwardEvents"
  max_session_duration = 3600
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid    = "TheRuleAlone"
        Effect = "Allow"
        Principal = {
          Service = "events.amazonaws.com"
        }
        Action = "sts:AssumeRole"
        Condition = {
          ArnLike = {
            "aws:SourceArn" = "arn:aws:events:*:444455556666:rule/liftgate-cloudtrail-forward"
          }
        }
      },
    ]
  })
}

resource "aws_iam_role_policy" "a444455556666_LiftgateForwardEvents" {
  provider = aws.account_444455556666
  name     = "Forward"
  role     = aws_iam_role.a444455556666_LiftgateForwardEvents.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "PutOntoTheHomeBus"
        Effect   = "Allow"
        Action   = "events:PutEvents"
        Resource = "arn:aws:events:eu-central-1:111122223333:event-bus/default"
      },
    ]
  })
}

# Hands what CloudTrail records here to the bus of the broker's account and region.
resource "aws_cloudwatch_event_rule" "a444455556666_forward_eu_central_1" {
  provider = aws.account_444455556666
  name     = "liftgate-cloudtrail-forward"
  state    = "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"
  event_pattern = jsonencode({
    "detail-type" = ["AWS API Call via CloudTrail"]
    source = [
      "aws.s3",
      "aws.sts",
      "aws.iam",
      "aws.kms",
      "aws.cloudtrail",
    ]
  })
}

resource "aws_cloudwatch_event_target" "a444455556666_forward_eu_central_1" {
  provider = aws.account_444455556666
  rule     = aws_cloudwatch_event_rule.a444455556666_forward_eu_central_1.name
  arn      = "arn:aws:events:eu-central-1:111122223333:event-bus/default"
  role_arn = aws_iam_role.a444455556666_LiftgateForwardEvents.arn
}

# Hands what CloudTrail records here to the bus of the broker's account and region.
resource "aws_cloudwatch_event_rule" "a444455556666_forward_us_east_1" {
  provider = aws.account_444455556666_us_east_1
  name     = "liftgate-cloudtrail-forward"
  state    = "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"
  event_pattern = jsonencode({
    "detail-type" = ["AWS API Call via CloudTrail"]
    source = [
      "aws.s3",
      "aws.sts",
      "aws.iam",
      "aws.kms",
      "aws.cloudtrail",
    ]
  })
}

resource "aws_cloudwatch_event_target" "a444455556666_forward_us_east_1" {
  provider = aws.account_444455556666_us_east_1
  rule     = aws_cloudwatch_event_rule.a444455556666_forward_us_east_1.name
  arn      = "arn:aws:events:eu-central-1:111122223333:event-bus/default"
  role_arn = aws_iam_role.a444455556666_LiftgateForwardEvents.arn
}
