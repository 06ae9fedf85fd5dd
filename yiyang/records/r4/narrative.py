"""Whether the text of a narrative is the XHTML that FHIR allows: nothing that acts, loads frames or hides."""

from __future__ import annotations

import re
from html.entities import name2codepoint
from typing import Any
from xml.parsers import expat

XHTML = "http://www.w3.org/1999/xhtml"
ELEMENTS = frozenset(
    [
        "a",
        "abbr",
        "acronym",
        "address",
        "b",
        "bdo",
        "big",
        "blockquote",
        "br",
        "caption",
        "cite",
        "code",
        "col",
        "colgroup",
        "dd",
        "dfn",
        "div",
        "dl",
        "dt",
        "em",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "i",
        "img",
        "kbd",
        "li",
        "ol",
        "p",
        "pre",
        "q",
        "samp",
        "small",
        "span",
        "strong",
        "sub",
        "sup",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "tt",
        "ul",
        "var",
    ]
)
ATTRIBUTES = frozenset(
    [
        "abbr",
        "accesskey",
        "align",
        "alt",
        "axis",
        "bgcolor",
        "border",
        "cellpadding",
        "cellspacing",
        "char",
        "charoff",
        "charset",
        "cite",
        "class",
        "colspan",
        "compact",
        "coords",
        "dir",
        "frame",
        "headers",
        "height",
        "href",
        "hreflang",
        "id",
        "ID",
        "ismap",
        "lang",
        "longdesc",
        "name",
        "nowrap",
        "rel",
        "rev",
        "rowspan",
        "rules",
        "scope",
        "shape",
        "span",
        "src",
        "start",
        "style",
        "summary",
        "tabindex",
        "target",
        "title",
        "type",
        "usemap",
        "valign",
        "value",
        "width",
        "xml:lang",
        "xml:space",
        "xml:id",
    ]
)
ENTITY = re.compile(r"&([A-Za-z][A-Za-z0-9]*);")
OF_XML = frozenset(("amp", "lt", "gt", "quot", "apos"))
ACTING = re.compile(r"\s*(?:javascript|vbscript|data:text/html)", re.IGNORECASE)


class _NotAllowed(Exception):
    pass


def fault(div: str) -> tuple[str, str]:
    """What is wrong (`xml`, `root`, `name`, `attribute`, `empty` or nothing), and the name that it is about."""
    reader = _Reader()
    parser = expat.ParserCreate()
    parser.StartElementHandler = reader.start
    parser.CharacterDataHandler = reader.characters
    parser.StartDoctypeDeclHandler = reader.doctype
    parser.buffer_text = True
    try:
        parser.Parse(ENTITY.sub(_letter, div) if "&" in div else div, True)
    except expat.ExpatError:
        return "xml", ""
    except _NotAllowed as found:
        return found.args
    if reader.unusual:
        return "attribute", reader.unusual
    return ("", "") if reader.says else ("empty", "")


def _letter(found: re.Match[str]) -> str:
    name = found.group(1)
    if name in OF_XML or name not in name2codepoint:
        return found.group()
    return chr(name2codepoint[name])


class _Reader:
    def __init__(self) -> None:
        self.begun = False
        self.says = False
        self.unusual = ""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if not self.begun:
            self.begun = True
            if name != "div" or attributes.pop("xmlns", XHTML) != XHTML:
                raise _NotAllowed("root", "")
        elif name not in ELEMENTS:
            raise _NotAllowed("name", name)
        elif name == "img":
            self.says = True
        for attribute, value in attributes.items():
            if attribute == "xmlns" and value == XHTML:
                continue
            if attribute[:2].lower() == "on" or (attribute in ("href", "src") and ACTING.match(value)):
                raise _NotAllowed("name", f"{name} {attribute}")
            if attribute not in ATTRIBUTES:
                self.unusual = f"{name} {attribute}"

    def characters(self, text: str) -> None:
        self.says = self.says or not text.isspace()

    def doctype(self, *_said: Any) -> None:
        raise _NotAllowed("name", "DOCTYPE")
