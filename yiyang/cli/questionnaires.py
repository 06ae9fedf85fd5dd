"""`yiyang questionnaire`: instruments as FHIR R4 Questionnaires and back, without a server and a database."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from yiyang.cli.scoring import read_json, spoken, text_of, the_instrument
from yiyang.cli.start import PROBLEMS, REFUSED, fail, say

questionnaire = typer.Typer(
    help="Instruments as FHIR R4 Questionnaires, and Questionnaires of other systems as instruments.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
Language = Annotated[str, typer.Option(help="zh or en; by default the terminal's.")]


@questionnaire.command("export")
def export(
    instrument: Annotated[str, typer.Argument(help="Code of a shipped instrument, or a TOML file.")],
    language: Language = "",
) -> None:
    """Print the FHIR R4 Questionnaire of an instrument. Exit code 6: the instrument's file is refused."""
    from yiyang.assessments.instruments import newest_file
    from yiyang.gateways.fhir.questionnaires import questionnaire as written

    the_instrument(instrument, spoken(language))
    name, text = newest_file(instrument) or (instrument, text_of(Path(instrument)))
    say(json.dumps(written(text, name), ensure_ascii=False, indent=1))


@questionnaire.command("read")
def read(
    path: Annotated[Path, typer.Argument(help="A FHIR R4 Questionnaire in JSON.")],
    language: Language = "",
) -> None:
    """Print the instrument's file (TOML) that a Questionnaire becomes, with what was left out as remarks.

    Read it over, complete it (points, total, levels), and put it into use. Exit code 6: it is refused.
    """
    from yiyang.assessments.rules.reading import InstrumentFault
    from yiyang.gateways.fhir.questionnaires import as_instrument_file

    try:
        say(as_instrument_file(text_of(path), path.name))
    except InstrumentFault as refused:
        fail("\n".join(fault.said(spoken(language)) for fault in refused.faults), REFUSED)


@questionnaire.command("answers")
def answers(
    instrument: Annotated[str, typer.Argument(help="Code of a shipped instrument, or a TOML file.")],
    path: Annotated[Path, typer.Argument(help="A FHIR R4 QuestionnaireResponse in JSON.")],
    language: Language = "",
) -> None:
    """Print the answers in a QuestionnaireResponse, as `yiyang score` takes them. Exit code 5: they do not fit."""
    from yiyang.gateways.fhir.questionnaires import ResponseFault, answers_of

    chosen = spoken(language)
    try:
        found = answers_of(the_instrument(instrument, chosen), read_json(str(path)))
    except ResponseFault as refused:
        fail("\n".join(fault.said(chosen) for fault in refused.faults), PROBLEMS)
    say(json.dumps(found.answers, ensure_ascii=False, indent=1))
