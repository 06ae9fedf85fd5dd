"""Sessions as Django keeps them in the database; each also knows when it ends, so that a page can warn."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db.models import CharField
from django.db.models.functions import Now

from yiyang.kernel.prepared import Asked, Given

# By the database's clock, as Django's own store asks by the machine's: sessions do not follow a controlled one.
_LASTING: Asked[Session] = Asked(
    lambda: Session.objects.filter(session_key=Given("key", CharField()), expire_date__gt=Now())
)


class SessionStore(db.SessionStore):
    ends_at: datetime | None = None

    def _get_session_from_db(self) -> Any:
        found = _LASTING.objects(key=self.session_key)
        row = found[0] if found else super()._get_session_from_db()  # type: ignore[misc]
        self.ends_at = row.expire_date if row else None
        return row

    def save(self, must_create: bool = False) -> None:
        super().save(must_create)
        self.ends_at = self.get_expiry_date()

    @property
    def seconds_left(self) -> int:
        """Until the reader must sign in again; 0 when nobody is signed in."""
        self.get("")  # it is read when first asked for something
        return max(0, self.get_expiry_age(expiry=self.ends_at)) if self.ends_at else 0
