"""Levels and numbers of assessments: `{% load assessments %}`."""

from __future__ import annotations

from typing import Any

from django import template

from yiyang.assessments import bedside
from yiyang.assessments.commands.locks import content_of
from yiyang.assessments.queries import results
from yiyang.assessments.rules.texts import shown

register = template.Library()


@register.filter
def level_title(assessment: Any) -> str:
    """The level in words, by the version on which it was given."""
    return results.level_of(assessment)


@register.filter
def plain(number: Any) -> str:
    """7, not 7.0."""
    return "" if number is None else shown(float(number))


@register.filter
def of_key(words: dict[str, str], key: str) -> str:
    """What this key is called; an empty one is called nothing."""
    return words.get(key, key)


@register.filter
def own_name(instrument: Any) -> str:
    """How it is called before the person who answers it."""
    return str(content_of(instrument).own_title or instrument.name)


@register.simple_tag
def bedside_words() -> dict[str, str]:
    """What the form at the bedside says by itself."""
    return bedside.words()


@register.filter
def cells_of(line: Any, levels: Any) -> list[tuple[str, str, int]]:
    """The figures of a line: level, what it is called, how many."""
    return [
        (level, words, number) for (level, number), (_code, words) in zip(line.cells, levels, strict=True)
    ]


@register.filter
def late_by(found: dict[Any, int], row: Any) -> int:
    """By how many days a row is late; 0 for one that is not."""
    return found.get(row.pk, 0)
