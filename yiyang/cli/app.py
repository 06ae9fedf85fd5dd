"""The commands. Django is imported only by those that need it, so that --help is quick."""

from __future__ import annotations

import typer

from yiyang.cli import (
    accounts,
    backups,
    clients,
    demo,
    diagnosis,
    imports,
    instruments,
    questionnaires,
    readings,
    record_topics,
    rescoring,
    scoring,
    terms,
    up,
    wearers,
)

HELP = """Yiyang: integrated medical and elderly care for a city district.

Settings come from the environment over ./yiyang.toml (or the file in YIYANG_CONFIG) over defaults; `yiyang
settings` shows them all.

Exit codes: 0 done · 1 failed · 2 wrong use of this command · 3 the configuration is not usable · 4 an
installation already runs in this folder · 5 `check` found problems · 6 refused (the message says what to do).
"""

app = typer.Typer(
    help=HELP,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,  # they print local variables, and those hold personal data
)
for part in (
    up,
    diagnosis,
    accounts,
    backups,
    imports,
    scoring,
    rescoring,
    demo,
    wearers,
    readings,
    record_topics,
):
    part.register(app)
app.add_typer(accounts.account, name="account")
app.add_typer(accounts.token, name="token")
app.add_typer(clients.client, name="client")
app.add_typer(diagnosis.keys, name="keys")
instruments.instrument.command("questionnaire")(questionnaires.export)
app.add_typer(instruments.instrument, name="instrument")
app.add_typer(questionnaires.questionnaire, name="questionnaire")
app.add_typer(terms.terms, name="terms")
