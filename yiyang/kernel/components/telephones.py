"""Telephone numbers as a link dials them."""

from __future__ import annotations


def dialled(telephone: object) -> str:
    """Digits, the plus of a country and the pause before an extension; empty where there are no digits."""
    number = "".join(sign for sign in str(telephone or "") if sign.isdigit() or sign in "+,")
    return number if any(sign.isdigit() for sign in number) else ""
