"""The JSON API of organisations, contracts, licences, accounts, and of whoever holds the token."""

from . import (
    accounts,
    apps,
    contract_papers,
    contracts,
    families,
    licences,
    organisations,
    staff_photos,
    yourself,
)

routes = [
    yourself.routes,
    organisations.routes,
    contracts.routes,
    licences.routes,
    accounts.routes,
    families.routes,
]

__all__ = ["apps", "contract_papers", "routes", "staff_photos"]
