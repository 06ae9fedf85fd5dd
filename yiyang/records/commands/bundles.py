"""A transaction: all of a Bundle's entries, or none.

Deletions come first, then what is created, then what is changed, then what is read; nothing depends on the order
of the entries. Ids are given before anything is written, so entries may refer to each other in circles.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from yiyang.access.permissions import Permission
from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import command
from yiyang.kernel.facts import record
from yiyang.kernel.ids import new_id
from yiyang.kernel.refusals import NotFound, Refusal
from yiyang.records import bundles
from yiyang.records.bundles import EntryTwice, EntryUnfit, Step
from yiyang.records.commands import integrity, matching, owners, resources, rows
from yiyang.records.commands.owners import Key, Named
from yiyang.records.commands.patches import read_patch
from yiyang.records.queries.resources import Gone, resource
from yiyang.records.r4 import body as bodies
from yiyang.records.r4.body import Body
from yiyang.records.r4.extracting import extract
from yiyang.records.stored import NOBODY, Stored

ORDER = {"DELETE": 0, "POST": 1, "PUT": 2, "PATCH": 2, "GET": 3, "HEAD": 3}


class ReferenceNotFound(Refusal):
    message = _("Nothing fits the reference “{reference}”, or several do. Refer to one resource.")
    status = 412


@dataclass
class Done:
    """What became of one entry: a status, and the version that is kept, or what was read."""

    status: int
    stored: Stored | None = None
    answer: Any = None


@command(Permission.WRITE_RECORD, within=lambda by, **_: by.organisation_id)
def process_bundle(
    *, by: Actor, at: datetime, steps: list[Step], read: Callable[[Step], Any], whole: bool = True
) -> list[Done]:
    """Do all steps of a transaction. `read` answers those that ask; a refusal says in which entry it is.

    `whole`: what is referred to has to be there, where the installation is strict; a file may lack some of it.
    """
    transaction = Transaction(by, at, steps, read, whole)
    return transaction.run()


class Transaction:
    def __init__(
        self, by: Actor, at: datetime, steps: list[Step], read: Callable[[Step], Any], whole: bool
    ) -> None:
        self.by, self.at, self.read, self.whole = by, at, read, whole
        self.steps = steps
        self.done: dict[int, Done] = {}
        self.bodies: dict[int, Body] = {}
        self.whose: dict[Key, UUID] = {}
        self.written = 0

    def run(self) -> list[Done]:
        self._find()
        self._refuse_twice()
        self._rewrite()
        self._lock()
        for step in self._of("DELETE"):
            with inside(step):
                self._delete(step)
        self._patients()
        self._settle()
        self._create()
        for step in self._of("PUT", "PATCH"):
            if step.number not in self.done:
                with inside(step):
                    self._change(step)
        deleted = [(step.type, step.id) for step in self._of("DELETE") if step.id]
        integrity.refuse_referred(self.by, deleted)
        for step in self._of("GET", "HEAD"):
            with inside(step):
                self.done[step.number] = Done(200, answer=self.read(step))
        record("bundle.processed", by=self.by, at=self.at, entries=len(self.steps), written=self.written)
        return [self.done[step.number] for step in self.steps]

    def _of(self, *methods: str) -> list[Step]:
        return [step for step in self.steps if step.method in methods]

    def _find(self) -> None:
        """Give every entry its id: the one it has, the one that its condition finds, or a new one."""
        for step in self.steps:
            with inside(step):
                if step.method == "POST":
                    self._find_or_name(step)
                elif step.parameters:
                    found = matching.one(self.by, step.type, step.parameters)
                    step.id = found or (str(new_id()) if step.method == "PUT" else "")
                    if not found and step.method == "PATCH":
                        raise NotFound

    def _find_or_name(self, step: Step) -> None:
        if step.known:
            self.done[step.number] = Done(200)
            return
        condition = step.request.ifNoneExist
        if condition:
            parameters = parse_qsl(condition.partition("?")[2] or condition, keep_blank_values=True)
            found = matching.one(self.by, step.type, parameters)
            if found:
                step.id, step.known = found, True
                self.done[step.number] = Done(200, resource(self.by, step.type, found))
        if not step.id and step.type != "Patient":
            step.id = str(new_id())

    def _refuse_twice(self) -> None:
        seen: set[Any] = set()
        for step in self.steps:
            names = [step.full_url] if step.full_url and step.method == "POST" else []
            if step.id and step.method in ("PUT", "PATCH", "DELETE"):
                names.append(f"{step.type}/{step.id}")
            for name in names:
                if name in seen:
                    raise EntryTwice(what=name[:100], expression=step.where)
                seen.add(name)

    def _rewrite(self) -> None:
        """Patients first, for theirs are the ids of persons; then what each reference is from now on."""
        for step in self.steps:
            if step.type == "Patient" and step.method == "POST" and not step.id:
                with inside(step):
                    self._register(step)
        addresses = {
            step.full_url.encode(): f"{step.type}/{step.id}".encode()
            for step in self.steps
            if step.full_url and step.id and step.method in ("POST", "PUT")
        }
        found: dict[bytes, bytes] = {}
        for step in self.steps:
            if not step.raw or step.known or step.method == "PATCH":
                continue
            with inside(step):
                for asked in bundles.conditional_references(step.raw):
                    if asked not in found:
                        found[asked] = self._meant(asked)
                raw = bundles.with_conditions(step.raw, found) if found else step.raw
                self.bodies[step.number] = self._body(step, bundles.rewritten(raw, addresses, step.full_url))

    def _register(self, step: Step) -> None:
        from yiyang.records import patients

        body = self._body(step, step.raw)
        person_id = patients.person_behind(by=self.by, at=self.at, resource=body.resource)
        step.id = str(person_id)

    def _body(self, step: Step, raw: bytes) -> Body:
        body = bodies.read(raw)
        if body.type != step.type:
            raise EntryUnfit(what=body.type, expression=f"{step.where}.resource")
        if step.method == "PUT" and not step.parameters and body.resource.get("id") != step.id:
            raise EntryUnfit(what="id", expression=f"{step.where}.resource.id")
        if not step.checked:
            resources.check(body.resource)
        return body

    def _meant(self, asked: bytes) -> bytes:
        text = bundles.text_of(asked)
        type, _mark, query = text.partition("?")
        try:
            found = matching.one(self.by, type, parse_qsl(query, keep_blank_values=True))
        except matching.MatchesSeveral:
            found = None
        if found is None:
            raise ReferenceNotFound(reference=text[:100])
        return f"{type}/{found}".encode()

    def _lock(self) -> None:
        """Always in one order, so that two transactions never wait for each other."""
        keys = sorted({(s.type, s.id) for s in self.steps if s.id and s.method in ("PUT", "PATCH", "DELETE")})
        for key in keys:
            rows.lock(*key)

    def _delete(self, step: Step) -> None:
        done = Done(204)
        if step.id:
            expected = _expected(step)
            try:
                done.stored = resources.delete_resource(
                    by=self.by, at=self.at, type=step.type, id=step.id, expected_version=expected, alone=False
                )
                self.written += 1
            except Gone:
                pass
        self.done[step.number] = done

    def _patients(self) -> None:
        """What is known of persons before anything else is asked whose it is."""
        for step in self.steps:
            if step.type == "Patient" and step.number in self.bodies:
                with inside(step):
                    body = self.bodies[step.number]
                    held = rows.lock("Patient", step.id) is not None
                    kept = resources.put_patient(self.by, self.at, body, step.id)
                    self.written += 1
                    self.done[step.number] = Done(200 if held else 201, kept)
                    self.whose["Patient", step.id] = kept.person_id

    def _settle(self) -> None:
        """Whose every resource of this Bundle is: first those that name a person, then those that refer to these."""
        named = {step.number: Named.by(self.bodies[step.number].resource) for step in self._open()}
        ours = {(step.type, step.id) for step in self._open()}
        outside = {key for one in named.values() for key in one.others if key not in ours}
        self.whose.update(owners.whose_are(sorted(outside - set(self.whose))))
        sent = {(step.type, step.id) for step in self._of("POST", "PUT")}
        waiting = []
        for step in self._open():
            with inside(step):
                whose = owners.of_subjects(self.by, named[step.number], self.whose)
                if whose is None:
                    waiting.append(step)
                else:
                    self.whose[step.type, step.id] = whose
        while waiting:
            still = []
            for step in waiting:
                with inside(step):
                    whose = owners.of_others(self.by, named[step.number], self.whose)
                if whose == NOBODY:
                    still.append(step)
                else:
                    self.whose[step.type, step.id] = whose
            if len(still) == len(waiting):
                break
            waiting = still
        for step in self._open():
            with inside(step):
                whose = self.whose.setdefault((step.type, step.id), NOBODY)
                owners.refuse_others(self.by, named[step.number], whose, self.whose)
                if self.whole:
                    integrity.refuse_missing(step.type, named[step.number].keys, sent)

    def _open(self) -> list[Step]:
        return [step for step in self.steps if step.number in self.bodies and step.number not in self.done]

    def _create(self) -> None:
        new = []
        for step in self._open():
            if step.method == "POST":
                body = self.bodies[step.number]
                stored = resources.first_version(self.by, self.whose[step.type, step.id], body, step.id)
                new.append((stored, extract(body.resource)))
                self.done[step.number] = Done(201, stored)
        rows.insert_many(new)
        resources.note_many("resource.created", [stored for stored, _index in new], self.by, self.at)
        self.written += len(new)

    def _change(self, step: Step) -> None:
        given: dict[str, Any] = {"by": self.by, "at": self.at, "type": step.type, "id": step.id}
        given["expected_version"] = _expected(step)
        if step.method == "PATCH":
            stored = resources.patch_resource(patch=read_patch(step.raw, json_patch=False), **given)
        else:
            whose = self.whose[step.type, step.id]
            stored = resources.write_update(body=self.bodies[step.number], whose=whose, **given)
        self.written += 1
        self.done[step.number] = Done(201 if stored.version == 1 else 200, stored)


def _expected(step: Step) -> int | None:
    text = step.request.ifMatch.strip().removeprefix("W/").strip('"')
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise EntryUnfit(what=step.request.ifMatch[:60], expression=f"{step.where}.request.ifMatch")
    return int(text)


@contextmanager
def inside(step: Step) -> Iterator[None]:
    """A refusal says in which entry it is."""
    try:
        yield
    except Refusal as refusal:
        refusal.details.setdefault("expression", step.where)
        issues = refusal.details.get("issues")
        if issues and not refusal.details.get("placed"):
            refusal.details["issues"] = [_placed(step, issue) for issue in issues]
            refusal.details["placed"] = True
        raise


def _placed(step: Step, issue: Any) -> Any:
    rest = issue.expression.partition(".")[2]
    place = f"{step.where}.resource" + (f".{rest}" if rest else "")
    return replace(issue, expression=place)
