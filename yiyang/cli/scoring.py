"""`yiyang score`: try an instrument on answers, without a server and without a database."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from yiyang.cli.start import PROBLEMS, REFUSED, fail, say

if TYPE_CHECKING:
    from yiyang.assessments.rules.instruments import Instrument
    from yiyang.assessments.rules.outcomes import Outcome

WRONG_USE = 2
LARGEST = 20_000_000
WORDS = {
    "zh": {
        "missing": "尚未作答：",
        "impossible": "不可能的答案：",
        "level": "等级：",
        "demand": "立即处理：",
        "action": "处置：",
        "total": "总分：",
        "none": "没有等级：答案不完整或有误。",
        "urgency": {"EMERGENCY": "紧急", "URGENT": "加急", "ROUTINE": "常规"},
    },
    "en": {
        "missing": "not answered:",
        "impossible": "impossible answers:",
        "level": "level: ",
        "demand": "act now: ",
        "action": "response: ",
        "total": "total: ",
        "none": "No level: answers are missing or wrong.",
        "urgency": {"EMERGENCY": "emergency", "URGENT": "urgent", "ROUTINE": "routine"},
    },
}


def register(app: typer.Typer) -> None:
    app.command()(score)


def score(
    instrument: Annotated[
        str, typer.Argument(help="CODE or CODE@VERSION of a shipped instrument, or a TOML file.")
    ],
    answers: Annotated[str, typer.Argument(help="JSON file: item code → answer. - reads from the input.")],
    context: Annotated[
        str, typer.Option(help='What is known of the person, as JSON: {"age": 82, "sex": "F"}.')
    ] = "{}",
    language: Annotated[str, typer.Option(help="zh or en; by default the terminal's.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Answer as JSON, in both languages.")] = False,
) -> None:
    """Score answers on an instrument and say how the result came about. CODE alone is the newest version. Exit code 0: a result; 5: answers are
    missing or impossible; 6: the instrument's file is refused; 2: a file cannot be read."""
    from yiyang.assessments.rules.scoring import score as scored

    chosen = spoken(language)
    made = the_instrument(instrument, chosen)
    outcome = scored(made, read_json(answers), context=the_context(context))
    if as_json:
        head = {"instrument": made.code, "version": made.version}
        say(json.dumps(head | outcome.as_data(), ensure_ascii=False, indent=1))
    else:
        tell(made, outcome, chosen)
    if not outcome.complete:
        raise typer.Exit(PROBLEMS)


def spoken(language: str) -> str:
    wanted = language or next((os.environ[name] for name in ("LC_ALL", "LANG") if os.environ.get(name)), "en")
    return "zh" if wanted.lower().startswith("zh") else "en"


def the_instrument(name: str, language: str) -> Instrument:
    """A shipped one by its code, the newest version or the one named; otherwise the file of that name."""
    from yiyang.assessments.instruments import versions
    from yiyang.assessments.rules.reading import InstrumentFault, read

    code, at, version = name.partition("@")
    try:
        shipped = versions(code)
        found = next((one for one in shipped if not at or one.version == version), None)
        if found is not None:
            return found
        if shipped:
            there = " ".join(f"{code}@{one.version}" for one in shipped)
            fail(f"{code} has no version “{version}”. Shipped: {there}.", WRONG_USE)
        return read(text_of(Path(name)), Path(name).name)
    except InstrumentFault as refused:
        fail("\n".join(fault.said(language) for fault in refused.faults), REFUSED)


def text_of(path: Path) -> str:
    if not path.exists() and not path.suffix:
        from yiyang.assessments.instruments import codes

        fail(f"There is no instrument {path} and no such file. Shipped: {' '.join(codes())}.", WRONG_USE)
    try:
        with path.open("rb") as file:
            return decoded(file.read(LARGEST), str(path))
    except OSError as error:
        fail(f"{path} cannot be read: {error.strerror}.", WRONG_USE)


def decoded(content: bytes, name: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        fail(f"{name} is not UTF-8 text.", WRONG_USE)


def read_json(name: str) -> object:
    text = decoded(sys.stdin.buffer.read(LARGEST), name) if name == "-" else text_of(Path(name))
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        fail(f"{name} is not JSON: {error}", WRONG_USE)


def the_context(text: str) -> dict[str, object]:
    try:
        context = json.loads(text)
    except (ValueError, RecursionError) as error:
        fail(f"--context is not JSON: {error}", WRONG_USE)
    if not isinstance(context, dict):
        fail('--context must be an object such as {"age": 82}.', WRONG_USE)
    return context


def tell(instrument: Instrument, outcome: Outcome, language: str) -> None:
    words = WORDS[language]
    say(f"{instrument.title.said(language)} · {instrument.version}")
    say()
    for step in outcome.steps:
        say(f"  {step.words.said(language)}")
    if outcome.missing:
        say(f"\n{words['missing']}")
        for code in outcome.missing:
            say(f"  {code} {instrument.item(code).text.said(language)}")
    if outcome.impossible:
        say(f"\n{words['impossible']}")
        for fault in outcome.impossible:
            say(f"  {fault.item} {fault.words.said(language)}".rstrip())
    say()
    for alert in outcome.alerts:
        urgency = words["urgency"][alert.urgency]  # type: ignore[index]
        say(f"{words['demand']}[{urgency}] {alert.demand.said(language)}")
    result(instrument, outcome, language)


def result(instrument: Instrument, outcome: Outcome, language: str) -> None:
    from yiyang.assessments.rules.texts import shown

    words = WORDS[language]
    if outcome.level is not None:
        say(f"{words['level']}{outcome.level.title.said(language)}")
        if outcome.level.action:
            say(f"{words['action']}{outcome.level.action.said(language)}")
    elif outcome.total is not None:
        say(f"{words['total']}{shown(outcome.total)}")
    elif not outcome.complete:
        say(str(words["none"]))
    if instrument.attribution:
        say(f"\n{instrument.attribution}")
