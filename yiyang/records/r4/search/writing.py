"""How values are written in a search: what parts them, and the signs that do not."""

from __future__ import annotations

from yiyang.records.r4.search.refusals import SearchValueMalformed


def parts(text: str, by: str) -> list[str]:
    """Parted by a sign, except where a backslash stands before it; backslashes stay for the parts within."""
    found, one, escaped = [], "", False
    for letter in text:
        if escaped:
            one, escaped = one + "\\" + letter, False
        elif letter == "\\":
            escaped = True
        elif letter == by:
            found.append(one)
            one = ""
        else:
            one += letter
    return [*found, one + "\\" if escaped else one]


def plain(text: str, parameter: str = "") -> str:
    """Without the backslashes: `\\,` `\\|` `\\$` `\\\\`."""
    found, escaped = "", False
    for letter in text:
        if escaped and letter not in ",|$\\":
            raise SearchValueMalformed(parameter=parameter, value=text, example="\\, \\| \\$ \\\\")
        if letter == "\\" and not escaped:
            escaped = True
        else:
            found, escaped = found + letter, False
    if escaped:
        raise SearchValueMalformed(parameter=parameter, value=text, example="\\, \\| \\$ \\\\")
    return found
