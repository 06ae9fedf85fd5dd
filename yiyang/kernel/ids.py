"""Identifiers."""

from uuid import UUID

import uuid_utils.compat


def new_id() -> UUID:
    """A UUIDv7: unique anywhere, and ordered by the time it was made, so indexes grow at one end."""
    return uuid_utils.compat.uuid7()
