"""The signed paper of a contract: attached by a party, opened by both, and by nobody else."""

from __future__ import annotations

import base64
import hashlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from yiyang.access import commands
from yiyang.access.commands.contract_papers import AT_MOST, PaperTakenOut, TooManyPapers
from yiyang.access.models import ContractPaper
from yiyang.access.tests import factories as f
from yiyang.access.tests.calling import caller
from yiyang.access.tests.test_screens import signed_in, text
from yiyang.kernel.models import PlainFact
from yiyang.kernel.papers import LARGEST, NotAPaper, PaperTooLarge
from yiyang.kernel.refusals import NotAllowed
from yiyang.kernel.time import now

SCAN = b"%PDF-1.7 both seals"


def attach(cast: f.Cast, by: object = None, content: bytes = SCAN, name: str = "协议.pdf") -> ContractPaper:
    return commands.attach_contract_paper(
        by=by or cast.care_home_manager, at=now(), contract=cast.contract, content=content, name=name
    )


def test_a_paper_is_kept_as_it_was_given(cast: f.Cast) -> None:
    paper = attach(cast)

    kept = ContractPaper.objects.get()
    assert (bytes(kept.content), kept.media_type, kept.size) == (SCAN, "application/pdf", len(SCAN))
    fact = PlainFact.objects.get(name="contract.paper_attached", subject_id=cast.contract.pk)
    assert fact.data["sha256"] == hashlib.sha256(SCAN).hexdigest() == paper.sha256


def test_only_photos_and_pdfs_of_a_bearable_size_are_kept(cast: f.Cast) -> None:
    with pytest.raises(NotAPaper):
        attach(cast, content=b"<html>", name="paper.pdf")
    with pytest.raises(PaperTooLarge):
        attach(cast, content=b"%PDF" + b"x" * LARGEST)

    assert not ContractPaper.objects.exists()


def test_both_parties_attach_and_strangers_do_not(cast: f.Cast) -> None:
    attach(cast, cast.care_home_manager)
    attach(cast, cast.admission_office)

    for by in (cast.stranger, cast.other_manager, cast.care_home_nurse, cast.other_elder):
        with pytest.raises(NotAllowed):
            attach(cast, by)
        with pytest.raises(NotAllowed):
            commands.take_out_contract_paper(
                by=by, at=now(), paper=ContractPaper.objects.all()[0], reason="x"
            )


def test_a_contract_holds_so_many_papers(cast: f.Cast) -> None:
    papers = [attach(cast) for _ in range(AT_MOST)]

    with pytest.raises(TooManyPapers):
        attach(cast)
    commands.take_out_contract_paper(by=cast.care_home_manager, at=now(), paper=papers[0], reason="blurred")
    attach(cast)


def test_what_is_taken_out_cannot_be_opened_but_is_not_forgotten(cast: f.Cast) -> None:
    paper = attach(cast)
    commands.take_out_contract_paper(by=cast.admission_office, at=now(), paper=paper, reason="wrong contract")

    with pytest.raises(PaperTakenOut):
        commands.take_out_contract_paper(by=cast.admission_office, at=now(), paper=paper, reason="again")
    page = text(signed_in(cast.care_home_manager), "access:contract", cast.contract.pk)
    text(signed_in(cast.care_home_manager), "access:contract_paper", paper.pk, status=404)
    assert "wrong contract" in page and reverse("access:contract_paper", args=[paper.pk]) not in page


def test_a_manager_attaches_by_the_page_and_the_other_party_downloads_it(cast: f.Cast) -> None:
    manager, office = signed_in(cast.care_home_manager), signed_in(cast.admission_office)
    scan = SimpleUploadedFile("第1页.png", b"\x89PNG scan", "text/html")

    sent = manager.post(
        reverse("access:attach_contract_paper", args=[cast.contract.pk]), {"paper": scan, "note": "第1页"}
    )
    paper = ContractPaper.objects.get()
    listed = text(office, "access:contract", cast.contract.pk)
    answer = office.get(reverse("access:contract_paper", args=[paper.pk]))

    assert sent.status_code == 302
    assert reverse("access:contract_paper", args=[paper.pk]) in listed
    assert answer.content == b"\x89PNG scan" and answer["Content-Type"] == "image/png"
    assert answer["Content-Disposition"].startswith("attachment")


def test_a_wrong_file_is_explained_at_the_form(cast: f.Cast) -> None:
    wrong = SimpleUploadedFile("x.pdf", b"MZ program", "application/pdf")

    page = signed_in(cast.care_home_manager).post(
        reverse("access:attach_contract_paper", args=[cast.contract.pk]), {"paper": wrong}
    )

    assert page.status_code == 200 and "error-summary" in page.content.decode()
    assert not ContractPaper.objects.exists()


@pytest.mark.parametrize("who", ["care_home_nurse", "other_manager", "stranger", "supervisor_health"])
def test_nobody_else_opens_the_paper(cast: f.Cast, who: str) -> None:
    paper = attach(cast)

    answer = signed_in(cast.by_role[who]).get(reverse("access:contract_paper", args=[paper.pk]))

    assert answer.status_code in (403, 404)


def test_the_page_of_a_contract_does_not_read_the_papers_content(
    cast: f.Cast, django_assert_max_num_queries: object
) -> None:
    attach(cast)
    manager = signed_in(cast.care_home_manager)
    text(manager, "access:contract", cast.contract.pk)

    with django_assert_max_num_queries(15) as asked:  # type: ignore[operator]
        text(manager, "access:contract", cast.contract.pk)

    assert not any('."content"' in one["sql"] for one in asked.captured_queries)


def test_papers_are_attached_read_and_taken_out_over_the_api(cast: f.Cast) -> None:
    who = cast
    manager, stranger = caller(who.care_home_manager), caller(who.other_manager)
    path, pdf = f"/contracts/{who.contract.pk}/papers", base64.b64encode(b"%PDF-1.4").decode()

    listed = manager.post(path, {"paper": pdf, "name": "协议.pdf"})
    [paper] = listed.body["papers"]
    there = f"/contract-papers/{paper['id']}"
    read = manager.get(there)

    assert (listed.status, paper["name"], read.body["content"]) == (201, "协议.pdf", pdf)
    assert manager.post(path, {"paper": base64.b64encode(b"text").decode()}).code == "NOT_A_PAPER"
    assert stranger.get(path).status == stranger.get(there).status == 404
    assert manager.post(f"{there}/take-out", {"reason": "传错了"}).body["taken_out_reason"] == "传错了"
    assert manager.get(there).status == 404
    assert manager.get(path).body["papers"][0]["taken_out_at"]
