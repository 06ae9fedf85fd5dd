"""A file of a unit that somebody chose: tried before anything of it is written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from yiyang.gateways import uploads
from yiyang.gateways.roster.importing import Outcome
from yiyang.gateways.roster.reading import BYTES_AT_MOST, FileTooLarge
from yiyang.kernel.forms import Form


def tried(request: Any, form: Form, run: Callable[[bytes, str], Outcome]) -> tuple[Outcome, str, str] | None:
    """What would become of it, its name, and the ticket to write it with, empty while it has problems.

    None while no file that can be read was chosen; the form says why.
    """
    if request.method == "POST":
        with form.refusals():
            if form.is_valid():
                file = form.cleaned_data["file"]
                if file.size > BYTES_AT_MOST:
                    raise FileTooLarge(most=BYTES_AT_MOST // 2**20)
                content = file.read()
                outcome = run(content, file.name)
                ticket = (
                    "" if outcome.problems else uploads.keep(request.actor.account_id, content, file.name)
                )
                return outcome, file.name, ticket
    return None
