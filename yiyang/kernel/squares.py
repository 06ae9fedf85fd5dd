"""QR codes, drawn as a picture inside the page."""

from __future__ import annotations

import io
from base64 import b64encode

import qrcode
from qrcode.image.svg import SvgPathImage


def square(text: str) -> str:
    """The address of a picture that says this text to a camera."""
    drawing = io.BytesIO()
    qrcode.make(text, image_factory=SvgPathImage, box_size=16, border=4).save(drawing)
    return "data:image/svg+xml;base64," + b64encode(drawing.getvalue()).decode()
