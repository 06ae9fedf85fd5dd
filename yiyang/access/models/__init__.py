from .accounts import Account, ApiToken, Membership
from .areas import Area
from .contract_papers import ContractPaper
from .contracts import Contract, ContractStatus
from .family_sign_in import AccessCard, SignInCode, SignInPhone, SignInPhoneHash
from .licences import Licence, LicensedBeds
from .notices import Notice
from .oauth import OauthClient, OauthCode, OauthGrant, RefreshToken, UsedAssertion
from .organisations import Organisation
from .staff_photos import StaffPhoto

__all__ = [
    "AccessCard",
    "Account",
    "ApiToken",
    "Area",
    "Contract",
    "ContractPaper",
    "ContractStatus",
    "Licence",
    "LicensedBeds",
    "Membership",
    "Notice",
    "OauthClient",
    "OauthCode",
    "OauthGrant",
    "Organisation",
    "RefreshToken",
    "SignInCode",
    "SignInPhone",
    "SignInPhoneHash",
    "StaffPhoto",
    "UsedAssertion",
]
