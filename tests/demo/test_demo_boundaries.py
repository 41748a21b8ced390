"""The embedded AWS tells permissions boundaries where it tells of a whole account, as AWS does."""

from typing import Any

import pytest

from liftgate.demo.embedded_aws import running_embedded_aws

TRUST = '{"Version": "2012-10-17", "Statement": []}'
READS = '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}}'


@pytest.mark.slow
def test_who_has_a_boundary_is_told_with_it_and_nobody_else() -> None:
    with running_embedded_aws() as aws:
        iam, other = aws.client("iam", aws.root), aws.client("iam", aws.other_root)
        arn = iam.create_policy(PolicyName="Reads", PolicyDocument=READS)["Policy"]["Arn"]
        for name, boundary in (("bounded", {"PermissionsBoundary": arn}), ("free", {})):
            iam.create_user(UserName=name, Path="/people/", **boundary)
            iam.create_role(RoleName=name, Path="/jobs/", AssumeRolePolicyDocument=TRUST, **boundary)
        iam.create_instance_profile(InstanceProfileName="bounded")
        iam.add_role_to_instance_profile(InstanceProfileName="bounded", RoleName="bounded")
        other.create_user(UserName="bounded", Path="/people/")  # of another account, by the same name
        iam.create_group(GroupName="bounded")
        told = iam.get_account_authorization_details()
        for found in (
            {one["UserName"]: boundary_of(one) for one in told["UserDetailList"]},
            {one["RoleName"]: boundary_of(one) for one in told["RoleDetailList"]},
        ):
            assert found == {"bounded": arn, "free": None}
        (there,) = other.get_account_authorization_details()["UserDetailList"]
        assert boundary_of(there) is None
        iam.delete_user_permissions_boundary(UserName="bounded")
        told = iam.get_account_authorization_details()
        assert [boundary_of(one) for one in told["UserDetailList"]] == [None, None]


def boundary_of(one: dict[str, Any]) -> Any:
    return one.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn")
