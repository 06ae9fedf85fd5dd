"""The result report as a PDF file, with Chinese letters embedded: from a font of the machine or of the installation."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from fpdf import FPDF
from fpdf.enums import TableBordersLayout, WrapMode
from fpdf.fonts import FontFace

from yiyang.kernel.refusals import Refusal
from yiyang.kernel.words import shown
from yiyang.ops.config import config

# (file, place of the simplified Chinese face in it); those that Debian, Ubuntu, Fedora and openEuler install.
KNOWN = (
    ("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc", 2),
    ("/usr/share/fonts/google-noto-cjk/NotoSansCJK-Regular.ttc", 2),
    ("/usr/share/fonts/google-noto-sans-cjk-fonts/NotoSansCJK-Regular.ttc", 2),
    ("/usr/share/fonts/truetype/wqy/wqy-microhei.ttc", 0),
    ("/usr/share/fonts/wqy-microhei/wqy-microhei.ttc", 0),
)
LINE = 6.0
GREY, MUTED = 190, (86, 100, 108)
FACE = "chinese"


class NoFontForPaper(Refusal):
    message = gettext_lazy(
        "This server has no Chinese font to make a PDF with. Print the page from the browser instead, or ask the "
        "administrator to install one."
    )
    status = 503


@cache
def font() -> tuple[str, int] | None:
    """A font that somebody put into the installation's folder `fonts` goes first."""
    own = sorted((Path(config.data_dir) / "fonts").glob("*.[to]t[fc]"))
    if own:
        return str(own[0]), 0
    return next(((path, face) for path, face in KNOWN if Path(path).exists()), None)


class Sheet(FPDF):
    """A4, one face, page numbers."""

    def footer(self) -> None:
        self.set_y(-12)
        self.set_font(FACE, size=8)
        self.cell(0, 5, f"{self.page_no()}", align="C")

    def heading(self, words: object, size: float = 12) -> None:
        self.ln(2)
        self.set_font(FACE, size=size)
        self.multi_cell(0, LINE + size / 8, str(words), new_x="LMARGIN", new_y="NEXT")
        self.set_font(FACE, size=9.5)

    def line_of(self, words: object) -> None:
        if str(words):
            self.multi_cell(
                0, LINE - 0.5, str(words), align="L", wrapmode=WrapMode.CHAR, new_x="LMARGIN", new_y="NEXT"
            )

    def rows(
        self, rows: Iterable[Sequence[object]], widths: tuple[int, ...], *, headed: bool = False
    ) -> None:
        self.set_draw_color(GREY)
        with self.table(
            col_widths=widths,
            first_row_as_headings=headed,
            headings_style=FontFace(emphasis="", color=MUTED),
            borders_layout=TableBordersLayout.HORIZONTAL_LINES,
            line_height=LINE - 0.7,
            text_align="L",
        ) as table:
            for row in rows:
                line = table.row()
                for cell in row:
                    line.cell(str(cell) or "–")


def begun() -> Sheet:
    found = font()
    if found is None:
        raise NoFontForPaper
    made = Sheet(format="A4")
    made.add_font(FACE, fname=found[0], collection_font_number=found[1])
    made.set_auto_page_break(True, margin=16)
    made.set_font(FACE, size=9.5)
    made.add_page()
    return made


def signature(title: object, who: str, at: datetime | None) -> str:
    """Who signed and when, and the line for the pen."""
    signed = f"{who} {shown(at)}" if at else ""
    return _("{title}: {signed}    Signature ________________").format(title=title, signed=signed)
