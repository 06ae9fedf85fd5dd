"""The frame of every page: its words, its choices, its promises to the browser."""

import re

from django.http import HttpResponse
from django.template.loader import render_to_string
from django.test import Client, RequestFactory, override_settings

from yiyang.kernel.middleware import refusals_as_pages
from yiyang.kernel.refusals import NotFound, Refusal
from yiyang.kernel.shell import Choice, NavigationItem, Switcher, shell


def frame(**context: object) -> str:
    request = RequestFactory().get("/beds/?kind=HOSPITAL")
    return render_to_string("kernel/page.html", {**shell(request), **context}, request=request)


def test_a_page_starts_with_a_skip_link_and_has_one_main() -> None:
    page = frame()

    assert page.index('class="skip" href="#main"') < page.index("<header")
    assert page.count("<main") == page.count("<h1") == 1


def test_navigation_marks_the_current_page_and_a_switcher_posts() -> None:
    items = [NavigationItem("Beds", "/beds/", current=True, key="b", count=3)]
    switcher = Switcher("/switch/", "membership", (Choice("1", "Nurse", True), Choice("2", "Doctor")))
    request = RequestFactory().get("/")
    request.actor = type("A", (), {"label": "Li", "account_id": 1})()

    page = render_to_string("kernel/page.html", {"navigation": items, "switcher": switcher}, request=request)

    assert 'href="/beds/" aria-current="page" data-key="b"' in page
    assert '<option value="1" selected>Nurse</option>' in page


def test_no_page_of_the_frame_has_inline_script_or_style() -> None:
    for name in (
        "kernel/page.html",
        "kernel/elder_page.html",
        "404.html",
        "403.html",
        "500.html",
        "400.html",
    ):
        page = render_to_string(name, {})

        assert not re.search(r"<script(?![^>]*src=)|<style|\sstyle=|\son[a-z]+=", page), name


def test_the_language_switch_comes_back_to_the_same_page() -> None:
    response = Client().post("/language/", {"language": "en", "next": "/beds/?kind=HOSPITAL"})

    assert response.url == "/beds/?kind=HOSPITAL"
    assert response.cookies["django_language"].value == "en"


def test_appearance_keeps_only_known_choices_and_stays_on_this_site() -> None:
    response = Client().post(
        "/appearance/", {"theme": "dark", "text_size": "huge", "next": "https://evil.example"}
    )

    assert response.url == "/"
    assert response.cookies["theme"].value == "dark"
    assert "text_size" not in response.cookies


def test_every_answer_carries_a_strict_content_security_policy() -> None:
    policy = Client().get("/nowhere/").headers["Content-Security-Policy"]

    assert "default-src 'self'" in policy
    assert "unsafe" not in policy


class BedTaken(Refusal):
    message = "This bed is taken until {until}. Choose another bed."


def refused(problem: Exception) -> HttpResponse | None:
    request = RequestFactory().get("/", headers={"Referer": "http://testserver/beds/7/"})
    return refusals_as_pages(lambda _request: HttpResponse()).process_exception(request, problem)


def test_a_refusal_becomes_a_page_that_says_what_to_do_and_leads_back() -> None:
    response = refused(BedTaken(until="12:00"))

    assert response.status_code == 409
    assert "This bed is taken until 12:00. Choose another bed." in response.content.decode()
    assert 'href="http://testserver/beds/7/"' in response.content.decode()
    assert "BED_TAKEN" in response.content.decode()


def test_what_is_not_open_to_an_actor_looks_like_what_does_not_exist() -> None:
    assert refused(NotFound()).status_code == 404


def test_a_bug_is_no_refusal() -> None:
    assert refused(ValueError()) is None


@override_settings(DEBUG=False, DEMO=False)
def test_the_gallery_is_only_where_no_real_people_are() -> None:
    assert Client().get("/gallery/").status_code == 404
