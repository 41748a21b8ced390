# Written by `liftgate deploy terraform` from the catalogue: change that, or the options, and run it again.
# How CloudTrail's events come to Liftgate. Account 111122223333.

# What could not be taken is kept for fourteen days: it is evidence.
resource "aws_sqs_queue" "liftgate_dead_letters" {
  provider                  = aws.account_111122223333
  name                      = "liftgate-cloudtrail-dead-letters"
  message_retention_seconds = 1209600
  sqs_managed_sse_enabled   = true
}

# CloudTrail's events. What was received 5 times is set aside.
resource "aws_sqs_queue" "liftgate_events" {
  provider                   = aws.account_111122223333
  name                       = "liftgate-cloudtrail"
  message_retention_seconds  = 345600
  visibility_timeout_seconds = 30
  receive_wait_time_seconds  = 20
  sqs_managed_sse_enabled    = true
  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.liftgate_dead_letters.arn
    maxReceiveCount     = 5
  })
}

# What CloudTrail records goes to the queue, reads of management too.
resource "aws_cloudwatch_event_rule" "liftgate_events" {
  provider = aws.account_111122223333
  name     = "liftgate-cloudtrail"
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

resource "aws_cloudwatch_event_target" "liftgate_events" {
  provider = aws.account_111122223333
  rule     = aws_cloudwatch_event_rule.liftgate_events.name
  arn      = aws_sqs_queue.liftgate_events.arn
}

# The rule alone may send, and the broker: whoever can write events can make Liftgate revoke.
resource "aws_sqs_queue_policy" "liftgate_events" {
  provider  = aws.account_111122223333
  queue_url = aws_sqs_queue.liftgate_events.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid    = "TheRuleAlone"
        Effect = "Allow"
        Principal = {
          Service = "events.amazonaws.com"
        }
        Action   = "sqs:SendMessage"
        Resource = "arn:aws:sqs:us-east-1:111122223333:liftgate-cloudtrail"
        Condition = {
          ArnEquals = {
            "aws:SourceArn" = "arn:aws:events:us-east-1:111122223333:rule/liftgate-cloudtrail"
          }
          StringEquals = {
            "aws:SourceAccount" = "111122223333"
          }
        }
      },
      {
        Sid       = "NobodyElseSends"
        Effect    = "Deny"
        Principal = "*"
        Action    = "sqs:SendMessage"
        Resource  = "arn:aws:sqs:us-east-1:111122223333:liftgate-cloudtrail"
        Condition = {
          Bool = {
            "aws:PrincipalIsAWSService" = "false"
          }
          ArnNotEquals = {
            "aws:PrincipalArn" = "arn:aws:iam::111122223333:user/liftgate-broker"
          }
        }
      },
      {
        Sid       = "NobodyElseTakes"
        Effect    = "Deny"
        Principal = "*"
        Action = [
          "sqs:ChangeMessageVisibility",
          "sqs:DeleteMessage",
          "sqs:PurgeQueue",
          "sqs:ReceiveMessage",
        ]
        Resource = "arn:aws:sqs:us-east-1:111122223333:liftgate-cloudtrail"
        Condition = {
          ArnNotEquals = {
            "aws:PrincipalArn" = "arn:aws:iam::111122223333:user/liftgate-broker"
          }
        }
      },
      {
        Sid       = "OnlyByTls"
        Effect    = "Deny"
        Principal = "*"
        Action    = "sqs:*"
        Resource  = "arn:aws:sqs:us-east-1:111122223333:liftgate-cloudtrail"
        Condition = {
          Bool = {
            "aws:SecureTransport" = "false"
          }
        }
      },
    ]
  })
}

# Events wait for a quarter of an hour: nobody takes them, and what is done under grants is not seen.
resource "aws_cloudwatch_metric_alarm" "liftgate_EventsTooOld" {
  provider          = aws.account_111122223333
  alarm_name        = "liftgate-EventsTooOld"
  alarm_description = "Events wait for a quarter of an hour: nobody takes them, and what is done under grants is not seen."
  namespace         = "AWS/SQS"
  metric_name       = "ApproximateAgeOfOldestMessage"
  dimensions = {
    QueueName = aws_sqs_queue.liftgate_events.name
  }
  statistic           = "Maximum"
  period              = 300
  evaluation_periods  = 1
  threshold           = 900
  comparison_operator = "GreaterThanThreshold"
  treat_missing_data  = "notBreaching"
}

# More events wait than are taken: start more consumers, or watch fewer buckets.
resource "aws_cloudwatch_metric_alarm" "liftgate_EventsTooMany" {
  provider          = aws.account_111122223333
  alarm_name        = "liftgate-EventsTooMany"
  alarm_description = "More events wait than are taken: start more consumers, or watch fewer buckets."
  namespace         = "AWS/SQS"
  metric_name       = "ApproximateNumberOfMessagesVisible"
  dimensions = {
    QueueName = aws_sqs_queue.liftgate_events.name
  }
  statistic           = "Maximum"
  period              = 300
  evaluation_periods  = 1
  threshold           = 10000
  comparison_operator = "GreaterThanThreshold"
  treat_missing_data  = "notBreaching"
}

# An event could not be taken: liftgate dead-letters list.
resource "aws_cloudwatch_metric_alarm" "liftgate_DeadLettersFound" {
  provider          = aws.account_111122223333
  alarm_name        = "liftgate-DeadLettersFound"
  alarm_description = "An event could not be taken: liftgate dead-letters list."
  namespace         = "AWS/SQS"
  metric_name       = "ApproximateNumberOfMessagesVisible"
  dimensions = {
    QueueName = aws_sqs_queue.liftgate_dead_letters.name
  }
  statistic           = "Maximum"
  period              = 300
  evaluation_periods  = 1
  threshold           = 0
  comparison_operator = "GreaterThanThreshold"
  treat_missing_data  = "notBreaching"
}

# The log files: what the queue missed is read from here.
resource "aws_s3_bucket" "liftgate_logs" {
  provider = aws.account_111122223333
  # checkov:skip=CKV_AWS_18: Access logs would fill another bucket that nobody reads: only CloudTrail writes here, and the trail logs who changes that.
  # checkov:skip=CKV_AWS_144: Log files are kept in one Region, as the trail's bucket has them; replicate it yourself where you must.
  # checkov:skip=CKV2_AWS_62: Liftgate lists what is new by itself, so nobody needs to be notified of each log file.
  # checkov:skip=CKV_AWS_145: A key of yours is named with --trail-key; without one S3 encrypts with its own, which costs nothing.
  bucket = "liftgate-trail-111122223333-us-east-1"
  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "liftgate_logs" {
  provider = aws.account_111122223333
  bucket   = aws_s3_bucket.liftgate_logs.id
  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
    bucket_key_enabled = false
  }
}

resource "aws_s3_bucket_versioning" "liftgate_logs" {
  provider = aws.account_111122223333
  bucket   = aws_s3_bucket.liftgate_logs.id
  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_ownership_controls" "liftgate_logs" {
  provider = aws.account_111122223333
  bucket   = aws_s3_bucket.liftgate_logs.id
  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_public_access_block" "liftgate_logs" {
  provider                = aws.account_111122223333
  bucket                  = aws_s3_bucket.liftgate_logs.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_lifecycle_configuration" "liftgate_logs" {
  provider = aws.account_111122223333
  bucket   = aws_s3_bucket.liftgate_logs.id
  rule {
    id     = "KeepAYear"
    status = "Enabled"
    filter {}
    expiration {
      days = 400
    }
    noncurrent_version_expiration {
      noncurrent_days = 30
    }
    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }
  }
}

resource "aws_s3_bucket_policy" "liftgate_logs" {
  provider = aws.account_111122223333
  bucket   = aws_s3_bucket.liftgate_logs.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid    = "SeeWhoseBucket"
        Effect = "Allow"
        Principal = {
          Service = "cloudtrail.amazonaws.com"
        }
        Action   = "s3:GetBucketAcl"
        Resource = "arn:aws:s3:::liftgate-trail-111122223333-us-east-1"
        Condition = {
          StringEquals = {
            "aws:SourceArn" = "arn:aws:cloudtrail:us-east-1:111122223333:trail/liftgate"
          }
        }
      },
      {
        Sid    = "WriteLogFiles"
        Effect = "Allow"
        Principal = {
          Service = "cloudtrail.amazonaws.com"
        }
        Action   = "s3:PutObject"
        Resource = "arn:aws:s3:::liftgate-trail-111122223333-us-east-1/AWSLogs/111122223333/*"
        Condition = {
          StringEquals = {
            "aws:SourceArn" = "arn:aws:cloudtrail:us-east-1:111122223333:trail/liftgate"
            "s3:x-amz-acl"  = "bucket-owner-full-control"
          }
        }
      },
      {
        Sid       = "OnlyCloudTrailWrites"
        Effect    = "Deny"
        Principal = "*"
        Action    = "s3:PutObject"
        Resource  = "arn:aws:s3:::liftgate-trail-111122223333-us-east-1/*"
        Condition = {
          Bool = {
            "aws:PrincipalIsAWSService" = "false"
          }
        }
      },
      {
        Sid       = "OnlyByTls"
        Effect    = "Deny"
        Principal = "*"
        Action    = "s3:*"
        Resource = [
          "arn:aws:s3:::liftgate-trail-111122223333-us-east-1",
          "arn:aws:s3:::liftgate-trail-111122223333-us-east-1/*",
        ]
        Condition = {
          Bool = {
            "aws:SecureTransport" = "false"
          }
        }
      },
    ]
  })
}

# Management events, and reads and writes of objects in the watched buckets alone: each data event costs.
resource "aws_cloudtrail" "a111122223333_liftgate" {
  provider = aws.account_111122223333
  # checkov:skip=CKV_AWS_252: EventBridge tells of each event, so no topic is needed for each log file.
  # checkov:skip=CKV2_AWS_10: Events go to the queue and the log files; CloudWatch Logs would be a third copy, charged by the gigabyte.
  # checkov:skip=CKV_AWS_35: A key of yours is named with --trail-key; without one S3 encrypts with its own, which costs nothing.
  name                          = "liftgate"
  s3_bucket_name                = "liftgate-trail-111122223333-us-east-1"
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
      starts_with = ["arn:aws:s3:::lakeside-reports/"]
    }
  }
  depends_on = [aws_s3_bucket_policy.liftgate_logs]
}
