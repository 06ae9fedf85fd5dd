"""What the form at the bedside loads and says: the same for everybody, nothing about anybody."""

from __future__ import annotations

import hashlib
import json
import re

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

SCRIPT = "kernel/build/bedside.js"
WORKER = "kernel/build/bedside_worker.js"
OWN = ("assessments/assessments.css", SCRIPT, "kernel/seal.svg")
STYLES = re.compile(r'href="([^"]+\.css)"')


def assets() -> list[str]:
    """The addresses of what the form is drawn with."""
    return [*STYLES.findall(render_to_string("kernel/parts/styles.html")), *(static(one) for one in OWN)]


def worker() -> str:
    """The service worker of this build: it knows which files belong to it."""
    path = finders.find(WORKER)
    if path is None:
        return ""
    with open(path, encoding="utf-8") as file:
        script = file.read()
    loaded, shell = assets(), reverse("assessments:bedside")
    build = hashlib.sha256(json.dumps([loaded, shell, script]).encode()).hexdigest()[:16]
    told = json.dumps({"build": build, "assets": loaded, "shell": shell})
    return f"self.BEDSIDE = {told};\n{script}"


def words() -> dict[str, str]:
    """What the script says."""
    return {
        "waits_1": ngettext("{n} answer waits to be sent", "{n} answers wait to be sent", 1),
        "waits": ngettext("{n} answer waits to be sent", "{n} answers wait to be sent", 2),
        "no_line": _("No connection. Everything is kept on this device and goes up by itself later."),
        "signed_out": _("You are signed out. Sign in again, then your answers are sent."),
        "sign_in": _("Sign in"),
        "other": _("Somebody else is signed in here now. Your answers wait until you sign in again."),
        "sent": _("All answers are sent."),
        "kept": _("Saved on this device."),
        "progress": _("Progress"),
        "not_yet": _(
            "Not signed yet: without a connection the summary cannot be read. Your answers are kept and sent by "
            "themselves; sign when the connection is back."
        ),
        "decide_first": _("First decide what counts, and correct what could not be kept."),
        "changed": _("{who} answered otherwise meanwhile. Nothing of yours is lost: choose what counts."),
        "mine": _("Mine: {answer}"),
        "theirs": _("Theirs: {answer}"),
        "empty": _("left empty"),
        "keep_chosen": _("Keep what I chose"),
        "ended": _("Your answers came too late"),
        "ended_by": _("{who} signed it first. Nothing of yours is lost: compare both and choose."),
        "question": _("Question"),
        "mine_head": _("Mine"),
        "theirs_head": _("Theirs"),
        "why": _("Why yours differ, in a sentence"),
        "why_given": _("Assessed at the bedside without a connection, before the other version was known."),
        "take_mine": _("Keep mine as a new version"),
        "take_theirs": _("Theirs counts, delete mine from this device"),
        "open_theirs": _("Open theirs"),
        "same_signed": _(
            "It was signed meanwhile, with your answers as they are. Nothing is left on this device."
        ),
        "gone": _("It is no longer open to you here, so your answers could not be sent: {why}"),
        "delete_mine": _("Delete mine from this device"),
        "none_here": _(
            "No assessment lies on this device. Open a draft once with a connection; from then on it is gone on "
            "with here without one."
        ),
        "not_here": _(
            "This assessment does not lie on this device. Open it once with a connection, then it can be gone on "
            "with anywhere."
        ),
    }
