"""Words in both languages, kept side by side: an instrument brings its own, and an outcome keeps them for good."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    """The same words in Chinese and English."""

    zh: str
    en: str

    def said(self, language: str) -> str:
        return self.zh if language.lower().startswith("zh") else self.en

    def __str__(self) -> str:
        """In the language of the page that shows it."""
        from django.utils.translation import get_language

        return self.said(get_language() or "zh")

    def __bool__(self) -> bool:
        return bool(self.zh or self.en)

    def format(self, **values: object) -> Text:
        """Fill the places of both; a value that is itself a Text is put in each language."""
        return Text(
            self.zh.format(**{name: _in(value, "zh") for name, value in values.items()}),
            self.en.format(**{name: _in(value, "en") for name, value in values.items()}),
        )

    def as_data(self) -> dict[str, str]:
        return {"zh": self.zh, "en": self.en}


NOTHING = Text("", "")


def same(words: str) -> Text:
    """A code, a number: the same in every language."""
    return Text(words, words)


def _in(value: object, language: str) -> str:
    if isinstance(value, Text):
        return value.said(language)
    return shown(value) if isinstance(value, float) else str(value)


def shown(number: float) -> str:
    """A number as people write it: 7, not 7.0."""
    return str(int(number)) if float(number).is_integer() and abs(number) < 1e15 else f"{number:g}"
