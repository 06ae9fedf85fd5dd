"""Every read of this context, one file per noun."""

from .accounts import (
    account,
    account_name,
    accounts,
    colleagues,
    membership,
    memberships_of,
    role_held,
    staff,
    token,
    tokens_of,
    works_for,
)
from .areas import area, areas_below, communities_of, districts, streets_of
from .contracts import contract, contracts, live_contract, live_contracts, partners, partners_for
from .facts import FactLine, Question, all_facts, facts, readings
from .family_accounts import account_behind_phone, family_account, family_accounts, own_account
from .licences import approved_beds, licence, licences, live_licence
from .notices import notice, notices, open_notice_count, waiting_notice_count
from .organisations import (
    internal_organisation,
    organisation,
    organisation_named,
    organisations,
    tree,
    units,
)

__all__ = [
    "FactLine",
    "Question",
    "account",
    "account_behind_phone",
    "account_name",
    "accounts",
    "all_facts",
    "approved_beds",
    "area",
    "areas_below",
    "colleagues",
    "communities_of",
    "contract",
    "contracts",
    "districts",
    "facts",
    "family_account",
    "family_accounts",
    "internal_organisation",
    "licence",
    "licences",
    "live_contract",
    "live_contracts",
    "live_licence",
    "membership",
    "memberships_of",
    "notice",
    "notices",
    "open_notice_count",
    "organisation",
    "organisation_named",
    "organisations",
    "own_account",
    "partners",
    "partners_for",
    "readings",
    "role_held",
    "staff",
    "streets_of",
    "token",
    "tokens_of",
    "tree",
    "units",
    "waiting_notice_count",
    "works_for",
]
