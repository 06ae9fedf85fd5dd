"""`ETag` and `If-Match`: an answer tells the version of the record, a change may insist on it."""

from __future__ import annotations

import re
from typing import Any

from django.utils.translation import gettext_lazy as _

from yiyang.kernel.refusals import Refusal

TAG = re.compile(r'"v(\d{1,9})"')


class PreconditionNeeded(Refusal):
    message = _(
        "Send the ETag of the record that you changed as “If-Match”, so that nobody's change is lost."
    )
    status = 428


class IfMatchMalformed(Refusal):
    message = _('“If-Match” must be the ETag of the record as it was answered, such as "v3".')
    status = 422


def tag(version: int) -> str:
    return f'"v{version}"'


def expected_version(request: Any, *, needed: bool = False) -> int | None:
    """The version that the caller has seen; None when it does not insist."""
    given = request.headers.get("If-Match", "").strip()
    if not given or given == "*":
        if needed:
            raise PreconditionNeeded
        return None
    match = TAG.fullmatch(given)
    if match is None:
        raise IfMatchMalformed
    return int(match[1])
