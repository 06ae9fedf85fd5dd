"""Sound in parts: Safari, and with it WeChat on iPhones, plays only what can be asked for by ranges of bytes."""

from __future__ import annotations

import re
from typing import Any

from django.http import HttpResponse

ONE_RANGE = re.compile(r"bytes=(\d*)-(\d*)")
ASCII_DIGITS = 12  # no recording is longer; a longer number is nonsense


def part(asked: str, size: int) -> tuple[int, int] | None:
    """The half-open range of bytes that `asked` means; None when all is to be sent.

    A range outside of the content is (0, 0). Several ranges, or what is no range, are answered with everything,
    as RFC 9110 allows.
    """
    found = ONE_RANGE.fullmatch(asked.strip())
    if found is None or found.groups() == ("", "") or max(map(len, found.groups())) > ASCII_DIGITS:
        return None
    first, last = found.groups()
    if not first:
        begins, ends = max(size - int(last), 0), size
    else:
        begins, ends = int(first), min(int(last) + 1, size) if last else size
        if last and int(last) < int(first):
            return None
    return (begins, ends) if begins < ends else (0, 0)


def sound(request: Any, content: bytes, media_type: str, version: str) -> HttpResponse:
    """The answer with this sound, or with the part of it that is asked for. Nothing of it is about a person: the
    browser keeps it, for good when its address names the version."""
    tag = f'"{version}"'
    answer = HttpResponse(content, content_type=media_type)
    if request.headers.get("If-None-Match") == tag:
        answer = HttpResponse(status=304)
    elif "Range" in request.headers and request.headers.get("If-Range", tag) == tag:
        answer = _partly(content, media_type, request.headers["Range"]) or answer
    named = request.GET.get("v") == version
    answer["Cache-Control"] = "private, max-age=31536000, immutable" if named else "private, no-cache"
    answer["ETag"] = tag
    answer["Accept-Ranges"] = "bytes"
    answer["Content-Disposition"] = "inline"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def _partly(content: bytes, media_type: str, asked: str) -> HttpResponse | None:
    found = part(asked, len(content))
    if found is None:
        return None
    begins, ends = found
    if begins == ends:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{len(content)}"})
    said = f"bytes {begins}-{ends - 1}/{len(content)}"
    return HttpResponse(
        content[begins:ends], status=206, content_type=media_type, headers={"Content-Range": said}
    )
