"""Condition keys that a request to any service may carry.

Sources: "AWS global condition context keys" and "Cross-service condition keys" there, IAM User Guide; for identity
providers, "Available keys for AWS web identity federation" and "… SAML-based AWS STS federation".
"""

# As AWS spells them; those that end with a slash take a name of the policy's choice.
GLOBAL_KEYS = (
    "aws:AssumedRoot", "aws:CalledVia", "aws:CalledViaAWSMCP", "aws:CalledViaFirst", "aws:CalledViaLast",
    "aws:ChatbotSourceArn", "aws:CurrentTime", "aws:Ec2InstanceSourcePrivateIPv4", "aws:Ec2InstanceSourceVpc",
    "aws:EpochTime", "aws:FederatedProvider", "aws:IsMcpServiceAction", "aws:MultiFactorAuthAge",
    "aws:MultiFactorAuthPresent", "aws:PrincipalAccount", "aws:PrincipalArn", "aws:PrincipalIsAWSService",
    "aws:PrincipalOrgID", "aws:PrincipalOrgPaths", "aws:PrincipalServiceName", "aws:PrincipalServiceNamesList",
    "aws:PrincipalTag/", "aws:PrincipalType", "aws:referer", "aws:RequestedRegion", "aws:RequestTag/",
    "aws:ResourceAccount", "aws:ResourceOrgID", "aws:ResourceOrgPaths", "aws:ResourceTag/", "aws:SecureTransport",
    "aws:SourceAccount", "aws:SourceArn", "aws:SourceIdentity", "aws:SourceIp", "aws:SourceOrgID",
    "aws:SourceOrgPaths", "aws:SourceOwner", "aws:SourceVpc", "aws:SourceVpcArn", "aws:SourceVpce", "aws:TagKeys",
    "aws:TokenIssueTime", "aws:UserAgent", "aws:userid", "aws:username", "aws:ViaAWSMCPService",
    "aws:ViaAWSService", "aws:VpceAccount", "aws:VpceOrgID", "aws:VpceOrgPaths", "aws:VpcSourceIp",
)  # fmt: skip

# Carried by requests to any service, with credentials that the named service has lent.
_CROSS_SERVICE = frozenset(
    {
        "codebuild:buildarn", "codebuild:projectarn", "ec2:roledelivery", "ec2:sourceinstancearn",
        "glue:credentialissuingservice", "glue:roleassumedby", "identitystore:userid", "kms:calleraccount",
        "kms:viaservice", "lambda:sourcefunctionarn", "ssm:sourceinstancearn", "sts:identitytokenaudience",
    }
)  # fmt: skip

_LOWER = frozenset(key.lower() for key in GLOBAL_KEYS)
_TAKING_NAMES = tuple(key for key in _LOWER if key.endswith("/"))


def is_global(key: str) -> bool:
    """Whether a request to any service may carry the key, given in lower case."""
    return key in _LOWER or key in _CROSS_SERVICE or key.startswith(_TAKING_NAMES) or is_of_provider(key)


def is_of_provider(key: str) -> bool:
    """Whether an identity provider sets it: ``token.actions.githubusercontent.com:sub``, ``saml:aud``."""
    prefix = key.rpartition(":")[0]
    return "." in prefix or prefix == "saml"
