"""The writers' desk over HTTP: from a gap to a published page, and what nobody may do there."""

from __future__ import annotations

import csv
import html
import io
import json
import re
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from fastapi.testclient import TestClient

from assistant.adapters.sql import persons
from assistant.adapters.sql.retention import Retention, retain
from assistant.gaps.models import Diagnosis, Gap, GapState
from assistant.gaps.refreshing import refresh
from assistant.record.events import MS_PER_DAY, MS_PER_HOUR, Event, EventType, Interaction, ShownPassage, Who
from assistant.record.evidence import digest_of
from assistant.record.keys import Keys
from assistant.record.ports import Append
from assistant.staff.accounts import Accounts
from assistant.staff.models import Role, StaffMember
from corpus.readers.directory import read_directory
from tests.api.conftest import OPERATOR, build_small, client_over
from tests.api.record_desk import TurnedClock
from tests.api.test_desk import employ, enter
from tests.api.test_support import NOON, SETTINGS

PAGES = {
    "en/refunds.md": "# Refunds\n\nMoney comes back within ten days. It goes to the card that paid.\n",
    "en/shipping.md": "# Shipping\n\nParcels leave on the day of the order. Tracking is sent by e-mail.\n",
    "pl/zwroty.md": "# Zwroty\n\nPieniądze wracają w ciągu dziesięciu dni. Trafiają na kartę.\n",
    "pl/wysylka.md": "# Wysyłka\n\nPaczki wychodzą w dniu zamówienia.\n",
}
GIFTS = "# Gift wrapping\n\nTick gift wrapping in the basket. Gift wrapping costs two euros for each parcel wrapped.\n"
ASKED = ("gift wrapping costs", "gift wrapping in the basket", "wrapping of each gift parcel", "tick gift wrapping")
SOLVED = "money comes back to the card that paid"


@pytest.fixture
def clock() -> TurnedClock:
    made = TurnedClock()
    made.now = NOON
    return made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of pages that writers work in."""
    for name, text in PAGES.items():
        path = tmp_path / "pages" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return tmp_path / "pages"


@pytest.fixture
def curation(tmp_path: Path) -> Path:
    """The folder of synonyms, pinned answers and hidden pages."""
    made = tmp_path / "curation"
    made.mkdir()
    (made / "synonyms.yaml").write_text("en:\n  cash: money\n", "utf-8")
    return made


@pytest.fixture
def desk(tmp_path: Path, folder: Path, curation: Path, clock: TurnedClock) -> Iterator[TestClient]:
    root = tmp_path / "index"
    build_small(root, list(read_directory(folder).pages))
    drafts = tmp_path / "drafts" / "autumn" / "en"
    drafts.mkdir(parents=True)
    (drafts / "refunds.md").write_text(PAGES["en/refunds.md"], "utf-8")
    settings = {**SETTINGS, "pages": folder, "curation": curation, "drafts": tmp_path / "drafts"}
    with client_over(root, clock=clock, **settings) as client:
        yield client


def services_of(desk: TestClient) -> Any:
    return desk.app.state.services  # type: ignore[attr-defined]


@pytest.fixture
def writer(desk: TestClient) -> StaffMember:
    """Somebody who writes pages and is signed in."""
    accounts: Accounts = services_of(desk).accounts
    member = employ(accounts, Role.WRITER, "Wanda")
    assert enter(desk, member).status_code == 303
    return member


def ask(
    desk: TestClient, number: int, text: str, *, shown: str = "", solved: bool = False, ticket: bool = True
) -> None:
    """Record a question of somebody in the weeks before, and what became of it."""
    services = services_of(desk)
    at, name, episode = NOON - 20 * MS_PER_DAY + number * MS_PER_HOUR, f"q{number}", f"e{number}"
    generation = services.live.current().index.manifest.id
    passages: tuple[ShownPassage, ...] = ()
    if shown:
        passage = next(one for one in services.live.current().index.passages if one.page_id == shown)
        matter = services.live.current().matter_of(shown)
        passages = (ShownPassage(1, passage.id, shown, matter, digest_of(passage.text), 0.9, 0.8),)
    outcome, reason = ("answered", None) if shown else ("missed", "nothing_near")
    asked = Interaction(
        name, episode, at, True, "en", "support", Who(visitor=f"v{number}"), text, outcome, reason, generation, "",
        matter=passages[0].matter if passages else None, shown=passages, nearest=passages,
    )  # fmt: skip
    events = []
    if solved:
        events.append(Event(name, "s", episode, EventType.SOLVED, at + 1, at + 1))
    elif ticket:
        events.append(Event(f"ticket:{name}", name, episode, EventType.TICKET_CREATED, at + 9, at + 9, ticket=name))
    services.record.submit(Append(interactions=[asked], events=events)).result(5)


@pytest.fixture
def gap(desk: TestClient, clock: TurnedClock) -> str:
    """The gap that eight people make who asked for gifts to be wrapped; three were helped with a refund."""
    for number in range(8):
        ask(desk, number, ASKED[number % 4])
    for number in range(8, 11):
        ask(desk, number, SOLVED, shown="en/refunds", solved=True)
    for number, text in enumerate(("warehouse barcode", "holiday closing hours", "currency rounding"), start=20):
        ask(desk, number, text, ticket=False)
    services = services_of(desk)
    services.record.fold()
    refresh(services.writers.gaps, services.live.current(), clock.now, anew=True)
    (found,) = services.writers.gaps.store.gaps(least_people=3)
    return str(found.id)


def text_of(page: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def form_of(page: str) -> dict[str, str]:
    """Return the hidden fields of the editor."""
    return dict(re.findall(r'<input type="hidden" name="(draft|gap|base|read)" value="([^"]*)"', page))


def test_a_writer_comes_to_the_gaps_and_not_to_tickets(desk: TestClient, writer: StaffMember, gap: str) -> None:
    home = desk.get("/desk", follow_redirects=False)
    listed = text_of(desk.get("/writers/gaps").text)
    check = desk.get("/desk/check")

    assert (home.status_code, home.headers["location"]) == (303, "/writers")
    assert "8 people asked" in listed
    assert "8 tickets" in listed
    assert check.status_code == 403


def test_staff_sees_gaps_and_decides_nothing(desk: TestClient, gap: str) -> None:
    ben = employ(services_of(desk).accounts, Role.STAFF, "Ben")
    enter(desk, ben)
    seen = desk.get(f"/writers/gaps/{gap}")
    refused = [
        desk.post(f"/writers/gaps/{gap}/state", data={"state": "planned"}).status_code,
        desk.get("/writers/drafts/new").status_code,
        desk.get("/writers/curation").status_code,
        desk.post("/writers/generations/back").status_code,
    ]

    assert seen.status_code == 200
    assert "/writers/drafts/new" not in seen.text
    assert refused == [403] * 4
    assert services_of(desk).writers.gaps.store.gap(gap).state is GapState.NEW


def test_nobody_sees_a_gap_of_two_people(desk: TestClient, writer: StaffMember, gap: str) -> None:
    store = services_of(desk).writers.gaps.store
    small = [one for one in store.gaps() if one.facts.people < 3]

    assert all(desk.get(f"/writers/gaps/{one.id}").status_code == 404 for one in small)
    assert desk.get("/writers/gaps/nosuch").status_code == 404


def test_from_gap_to_published_page_to_saving(
    desk: TestClient, writer: StaffMember, gap: str, folder: Path, clock: TurnedClock
) -> None:
    before = services_of(desk).live.current().index.manifest.id
    editor = desk.get(f"/writers/drafts/new?gap={gap}").text
    fields = {**form_of(editor), "page": "en/gifts", "source": GIFTS}
    tried = desk.post("/writers/drafts", data={**fields, "action": "try"})
    fields |= form_of(tried.text)
    published = desk.post("/writers/drafts", data={**fields, "action": "publish"})
    kept = services_of(desk).writers.gaps.store.gap(gap)
    answer = desk.post("/v1/answers", json={"question": ASKED[0], "locale": "en", "intent": "browse"}).json()
    clock.now += 30 * MS_PER_DAY
    enter(desk, writer)
    later = text_of(desk.get(f"/writers/gaps/{gap}").text)

    assert "4 of 4 questions of the gap would be answered" in text_of(tried.text)
    assert "None is lost; 1 was checked" in text_of(tried.text)
    assert published.url.path == f"/writers/gaps/{gap}"
    assert (folder / "en/gifts.md").read_text("utf-8") == GIFTS
    assert services_of(desk).live.current().index.manifest.id != before
    assert (answer["outcome"], answer["answers"][0]["page"]["id"]) == ("answered", "en/gifts")
    assert (kept.state, kept.page, kept.predicted.tickets > 1.0) == (GapState.WRITTEN, "en/gifts", True)
    assert "Yes. Since" in later
    assert services_of(desk).writers.drafts.open_drafts() == []


def test_what_would_lose_a_confirmed_answer_is_published_only_on_purpose(
    desk: TestClient, writer: StaffMember, gap: str, folder: Path
) -> None:
    editor = desk.get("/writers/drafts/new?page=en/refunds").text
    emptied = {**form_of(editor), "page": "en/refunds", "source": "# Refunds\n\nSoon.\n"}
    tried = desk.post("/writers/drafts", data={**emptied, "action": "try"})
    emptied |= form_of(tried.text)
    stopped = desk.post("/writers/drafts", data={**emptied, "action": "publish"})
    unchanged = (folder / "en/refunds.md").read_text("utf-8")
    done = desk.post("/writers/drafts", data={**emptied, "action": "publish", "anyway": "true"})

    assert "of them would be lost" in text_of(tried.text)
    assert SOLVED in text_of(tried.text)
    assert stopped.status_code == 409
    assert unchanged == PAGES["en/refunds.md"]
    assert done.status_code == 200
    assert (folder / "en/refunds.md").read_text("utf-8") == "# Refunds\n\nSoon.\n"
    (noted,) = [one for one in services_of(desk).accounts.store.entries(most=9) if one.action == "page.published"]
    assert "losses=1" in noted.details


def test_two_writers_do_not_undo_each_other(desk: TestClient, writer: StaffMember, gap: str, folder: Path) -> None:
    editor = desk.get("/writers/drafts/new?page=en/shipping").text
    mine = {**form_of(editor), "page": "en/shipping", "source": PAGES["en/shipping.md"] + "\nMine.\n"}
    tried = desk.post("/writers/drafts", data={**mine, "action": "try"})
    mine |= form_of(tried.text)
    (folder / "en/shipping.md").write_text(PAGES["en/shipping.md"] + "\nTheirs.\n", "utf-8")
    stopped = desk.post("/writers/drafts", data={**mine, "action": "publish"})

    assert stopped.status_code == 409
    assert "Somebody else has changed this page" in text_of(stopped.text)
    assert "Mine." in stopped.text
    assert "Theirs." in (folder / "en/shipping.md").read_text("utf-8")


def test_a_candidate_made_before_another_publication_is_tried_again_first(
    desk: TestClient, writer: StaffMember, gap: str, folder: Path
) -> None:
    first = {**form_of(desk.get("/writers/drafts/new").text), "page": "en/one", "source": "# One\n\nFirst page.\n"}
    second = {**first, "page": "en/two", "source": "# Two\n\nSecond page.\n"}
    first |= form_of(desk.post("/writers/drafts", data={**first, "action": "try"}).text)
    second |= form_of(desk.post("/writers/drafts", data={**second, "action": "try"}).text)
    desk.post("/writers/drafts", data={**first, "action": "publish"})
    again = desk.post("/writers/drafts", data={**second, "action": "publish"})
    done = desk.post("/writers/drafts", data={**second, "action": "publish"})

    assert again.status_code == 409
    assert "it was tried again" in text_of(again.text)
    assert done.status_code == 200
    assert {"en/one", "en/two"} <= services_of(desk).live.current().index.pages.keys()


@pytest.mark.parametrize("page", ["../../etc/passwd", "", "en//x", "en/.git", "a" * 300, "en/x\\y"])
def test_a_page_has_a_place_inside_the_folder(desk: TestClient, writer: StaffMember, gap: str, page: str) -> None:
    form = {"page": page, "source": "# X\n\nText.\n", "action": "try"}
    refused = desk.post("/writers/drafts", data=form)

    assert refused.status_code == 422
    assert services_of(desk).writers.drafts.open_drafts() == []


def test_a_draft_is_kept_when_it_cannot_become_a_page(desk: TestClient, writer: StaffMember, gap: str) -> None:
    broken = "---\ntitle: [\n---\nText.\n"
    refused = desk.post("/writers/drafts", data={"page": "en/x", "source": broken, "action": "try", "gap": gap})
    (kept,) = services_of(desk).writers.drafts.open_drafts(gap=gap)

    assert refused.status_code == 422
    assert "This cannot become a page" in text_of(refused.text)
    assert kept.source == broken


def test_what_writers_decide_is_tried_and_saved_and_nobody_is_overwritten(
    desk: TestClient, writer: StaffMember, gap: str, curation: Path
) -> None:
    page = desk.get("/writers/curation").text
    form = {"synonyms": "en:\n  cash: money\n", "pinned": "", "hidden": "- en/refunds\n", **form_of(page)}
    tried = desk.post("/writers/curation", data={**form, "action": "try"})
    saved = desk.post("/writers/curation", data={**form, "action": "save"})
    answer = desk.post("/v1/answers", json={"question": SOLVED, "locale": "en", "intent": "browse"}).json()
    stale = desk.post("/writers/curation", data={**form, "hidden": "- en/shipping\n", "action": "save"})
    broken = desk.post("/writers/curation", data={**form, "synonyms": "en: [", "action": "try"})

    assert "the page is hidden" in text_of(tried.text)
    assert saved.url.query == b"done=saved"
    assert (curation / "hidden.yaml").read_text("utf-8") == "- en/refunds\n"
    assert all(one["page"]["id"] != "en/refunds" for one in answer["answers"])
    assert (stale.status_code, broken.status_code) == (409, 422)
    assert "synonyms.yaml, line" in text_of(broken.text)


def test_a_folder_is_tried_and_the_gate_names_what_it_lacks(desk: TestClient, writer: StaffMember, gap: str) -> None:
    live = services_of(desk).live.current().index.manifest.id
    tried = desk.post("/writers/generations/try", data={"source": "autumn"})
    unknown = desk.post("/writers/generations/try", data={"source": "../pages"})

    assert "Asked besides" in text_of(tried.text)
    assert "Make it live" in tried.text
    assert unknown.status_code == 422
    assert services_of(desk).live.current().index.manifest.id == live


def test_going_back_is_at_once(desk: TestClient, writer: StaffMember, gap: str) -> None:
    live = services_of(desk).live
    before = live.current().index.manifest.id
    form = {"page": "en/gifts", "source": GIFTS}
    form |= form_of(desk.post("/writers/drafts", data={**form, "action": "try"}).text)
    desk.post("/writers/drafts", data={**form, "action": "publish"})
    published = live.current().index.manifest.id
    desk.post("/writers/generations/back")

    assert published != before
    assert live.current().index.manifest.id == before


def test_the_time_machine_gives_the_same_answer_and_says_what_another_would(
    desk: TestClient, writer: StaffMember, gap: str
) -> None:
    desk.post("/v1/answers", json={"question": SOLVED, "locale": "en", "intent": "ticket"})
    services = services_of(desk)
    asked = services.record.last_asked(Who(visitor="v8"), since=0, until=NOON)
    with services.record.engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT id FROM interactions WHERE length(id) > 5").all()
    same = text_of(desk.get(f"/writers/replay/{rows[0][0]}").text)
    other = text_of(desk.get("/writers/replay/q0").text)
    gone = desk.get("/writers/replay/q0?generation=nosuch")

    assert asked
    assert "The same answer, to the last digit." in same
    assert "It answers otherwise" in other
    assert gone.status_code == 200
    assert "This generation is not kept any more" in text_of(gone.text)
    assert desk.get("/writers/replay/nosuch").status_code == 404


def test_a_gap_is_dismissed_with_a_reason_and_opened_again(desk: TestClient, writer: StaffMember, gap: str) -> None:
    without = desk.post(f"/writers/gaps/{gap}/state", data={"state": "dismissed"})
    with_reason = desk.post(f"/writers/gaps/{gap}/state", data={"state": "dismissed", "reason": "Not our business."})
    open_list = text_of(desk.get("/writers/gaps").text)
    desk.post(f"/writers/gaps/{gap}/state", data={"state": "new"})
    desk.post(f"/writers/gaps/{gap}/assignee", data={"assignee": writer.id})
    desk.post(f"/writers/gaps/{gap}/notes", data={"text": "In November."})
    desk.post(f"/writers/gaps/{gap}/diagnosis", data={"diagnosis": "buried"})
    page = text_of(desk.get(f"/writers/gaps/{gap}").text)

    assert without.status_code == 422
    assert "Not our business." in text_of(with_reason.text)
    assert "Nothing to write" in open_list
    assert "with Wanda" in page
    assert "In November." in page
    assert "The answer is buried in a page (as a writer says)" in page


def test_gaps_leave_as_a_table_and_as_a_feed(desk: TestClient, writer: StaffMember, gap: str) -> None:
    table = desk.get("/writers/gaps.csv")
    (row,) = csv.DictReader(io.StringIO(table.text.removeprefix("\ufeff")))
    address = re.search(r'href="(/writers/gaps\.atom\?key=[^"]+)"', desk.get("/writers/gaps").text)
    desk.cookies.clear()
    assert address is not None
    feed = ET.fromstring(desk.get(address[1]).content)  # noqa: S314 - our own

    assert (row["id"], row["people"], row["tickets"]) == (gap, "8", "8")
    entry = feed.find("{http://www.w3.org/2005/Atom}entry")
    assert entry is not None
    assert entry.findtext("{http://www.w3.org/2005/Atom}id", "").endswith(f"/writers/gaps/{gap}")
    assert "8 people asked" in entry.findtext("{http://www.w3.org/2005/Atom}summary", "")
    assert desk.get("/writers/gaps.atom?key=wrong").status_code == 404
    assert desk.get("/writers/gaps", follow_redirects=False).status_code == 303


def test_other_systems_read_gaps_and_move_them(desk: TestClient, gap: str) -> None:
    listed = desk.get("/v1/gaps", headers=OPERATOR).json()["gaps"]
    refused = desk.post(f"/v1/gaps/{gap}/state", headers=OPERATOR, json={"state": "dismissed"})
    moved = desk.post(f"/v1/gaps/{gap}/state", headers=OPERATOR, json={"state": "written", "page": "en/gifts"})
    written = desk.get("/v1/gaps?state=written", headers=OPERATOR).json()["gaps"]

    assert [(one["id"], one["people"], one["tickets"]) for one in listed] == [(gap, 8, 8)]
    assert (
        listed[0]["cost"]["spared"]["low"] < listed[0]["cost"]["spared"]["mean"] < listed[0]["cost"]["tickets"]["mean"]
    )
    assert refused.status_code == 422
    assert moved.json()["page"] == "en/gifts"
    assert [one["id"] for one in written] == [gap]
    assert desk.get("/v1/gaps").status_code == 401
    assert desk.get("/v1/gaps/nosuch", headers=OPERATOR).status_code == 404


def test_whoever_listens_is_told_of_what_changes(tmp_path: Path, folder: Path, clock: TurnedClock) -> None:
    build_small(tmp_path / "told", list(read_directory(folder).pages))
    secret = "whsec_" + "A" * 43 + "="
    settings = {**SETTINGS, "pages": folder, "writers_url": "http://127.0.0.1:9/gaps", "writers_secret": secret}
    with client_over(tmp_path / "told", clock=clock, **settings) as client:
        for number in range(4):
            ask(client, number, ASKED[number])
        services = services_of(client)
        services.record.fold()
        refresh(services.writers.gaps, services.live.current(), clock.now, anew=True)
        for one in services.writers.gaps.store.gaps(least_people=3):
            client.post(f"/v1/gaps/{one.id}/state", headers=OPERATOR, json={"state": "planned"})
        with services.record.engine.connect() as connection:
            (payload,) = connection.exec_driver_sql("SELECT payload FROM outbox WHERE kind = 'gap'").one()

    message = json.loads(payload)
    assert (message["type"], message["data"]["state"], message["data"]["people"]) == ("gap.changed", "planned", 4)


@pytest.mark.parametrize("page", ["en/README", "en/index", "en/Summary", "en/" + "ż" * 150])
def test_no_page_is_written_over_a_folders_own_or_where_none_is_read(
    desk: TestClient, writer: StaffMember, folder: Path, page: str
) -> None:
    (folder / "en/README.md").write_text("# Help\n\nWelcome.\n", "utf-8")
    refused = desk.post("/writers/drafts", data={"page": page, "source": GIFTS, "action": "publish", "anyway": "true"})

    assert refused.status_code == 422
    assert (folder / "en/README.md").read_text("utf-8") == "# Help\n\nWelcome.\n"


def test_a_candidate_that_is_gone_is_made_again_before_anything_is_written(
    desk: TestClient, writer: StaffMember, folder: Path
) -> None:
    form = {"page": "en/gifts", "source": GIFTS}
    form |= form_of(desk.post("/writers/drafts", data={**form, "action": "try"}).text)
    candidate = services_of(desk).writers.drafts.draft(form["draft"]).generation
    desk.post(f"/writers/generations/{candidate}/drop")
    again = desk.post("/writers/drafts", data={**form, "action": "publish"})
    written = (folder / "en/gifts.md").exists()
    done = desk.post("/writers/drafts", data={**form, "action": "publish"})

    assert (again.status_code, written) == (409, False)
    assert "it was tried again" in text_of(again.text)
    assert done.status_code == 200
    assert "en/gifts" in services_of(desk).live.current().index.pages


def test_what_was_written_before_it_could_be_served_is_published_the_next_time(
    desk: TestClient, writer: StaffMember, folder: Path
) -> None:
    form = {"page": "en/gifts", "source": GIFTS}
    form |= form_of(desk.post("/writers/drafts", data={**form, "action": "try"}).text)
    (folder / "en/gifts.md").write_text(GIFTS, "utf-8")
    done = desk.post("/writers/drafts", data={**form, "action": "publish"})

    assert done.status_code == 200
    assert "en/gifts" in services_of(desk).live.current().index.pages


def test_a_published_page_is_written_on_and_published_again(
    desk: TestClient, writer: StaffMember, folder: Path
) -> None:
    form = {"page": "en/gifts", "source": GIFTS}
    form |= form_of(desk.post("/writers/drafts", data={**form, "action": "try"}).text)
    form |= form_of(desk.post("/writers/drafts", data={**form, "action": "publish"}).text)
    form["source"] += "\nMore of it.\n"
    form |= form_of(desk.post("/writers/drafts", data={**form, "action": "try"}).text)
    done = desk.post("/writers/drafts", data={**form, "action": "publish"})

    assert done.status_code == 200
    assert (folder / "en/gifts.md").read_text("utf-8") == form["source"]


def test_two_writers_of_one_draft_both_keep_their_texts(
    desk: TestClient, writer: StaffMember, clock: TurnedClock
) -> None:
    form = {"page": "en/gifts", "source": GIFTS, "action": "try"}
    form |= dict(re.findall(r'name="(draft|at)" value="([^"]*)"', desk.post("/writers/drafts", data=form).text))
    other = employ(services_of(desk).accounts, Role.WRITER, "Olga")
    clock.now += 1000
    enter(desk, other)
    desk.post("/writers/drafts", data={**form, "source": "# Gifts\n\nOlga's.\n"})
    enter(desk, writer)
    late = desk.post("/writers/drafts", data={**form, "source": "# Gifts\n\nWanda's.\n"})
    kept = {one.source for one in services_of(desk).writers.drafts.open_drafts()}

    assert late.status_code == 409
    assert kept == {"# Gifts\n\nOlga's.\n", "# Gifts\n\nWanda's.\n"}


def test_the_first_page_of_a_language_is_tried_in_that_language(desk: TestClient, writer: StaffMember) -> None:
    form = {"page": "fr/cadeaux", "source": "# Emballage cadeau\n\nCochez la case dans le panier.\n", "action": "try"}
    form |= form_of(desk.post("/writers/drafts", data=form).text)
    candidate = services_of(desk).writers.drafts.draft(form["draft"]).generation

    assert services_of(desk).live.of(candidate).index.pages["fr/cadeaux"].locale == "fr"


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("---\nurl: /help/en/refunds\n---\n# Refunds\n\nAgain.\n", "already has the address /help/en/refunds"),
        ("---\ntitle: " + "[" * 3000 + "\n---\n# X\n\nText.\n", "its front matter is nested too deeply"),
    ],
)
def test_what_a_build_would_leave_out_is_no_page(desk: TestClient, writer: StaffMember, source: str, why: str) -> None:
    refused = desk.post("/writers/drafts", data={"page": "en/gifts", "source": source, "action": "try"})

    assert refused.status_code == 422
    assert why in text_of(refused.text)


def test_a_branch_that_leads_out_of_its_repository_is_refused_and_a_tag_hides_none(
    desk: TestClient, writer: StaffMember, folder: Path
) -> None:
    def git(*arguments: str) -> None:
        named = ["-c", "user.name=Wanda", "-c", "user.email=wanda@kramik.example"]
        subprocess.run(["git", "-C", str(folder), *named, *arguments], check=True, capture_output=True)

    git("init", "-b", "main")
    git("add", ".")
    git("commit", "-m", "Pages")
    git("tag", "main")
    git("checkout", "-b", "astray")
    (folder / "en/leak.md").symlink_to(folder.parent.parent / "elsewhere.md")
    git("add", ".")
    git("commit", "-m", "A link")
    git("checkout", "refs/heads/main")
    tried = {
        name: desk.post("/writers/generations/try", data={"source": name}).status_code
        for name in ("main", "astray", "", "-x", "ż" * 200)
    }

    assert tried == {"main": 200, "astray": 422, "": 422, "-x": 422, "ż" * 200: 422}
    assert services_of(desk).writers.candidates.sources() == ["autumn", "astray", "main"]


def test_a_generation_of_no_possible_name_is_not_there(desk: TestClient, writer: StaffMember, gap: str) -> None:
    name = "a" * 300

    assert desk.get(f"/writers/replay/q0?generation={name}").status_code == 200
    assert desk.post(f"/writers/generations/{name}/promote").status_code == 422
    assert desk.post(f"/writers/generations/{name}/drop").status_code == 200


def test_a_preview_quotes_nobody_whose_words_are_no_longer_kept(
    desk: TestClient, writer: StaffMember, gap: str, clock: TurnedClock
) -> None:
    services = services_of(desk)
    form = {"page": "en/gifts", "source": GIFTS, "gap": gap, "action": "try"}
    form |= form_of(desk.post("/writers/drafts", data=form).text)
    engine = services.writers.gaps.store._engine
    retain(engine, Retention(text_days=100, event_days=400, episode_days=400), now=clock.now)
    before = services.writers.drafts.draft(form["draft"])
    persons.erase(engine, persons.person_of(engine, Who(visitor="v0")), keys=Keys(b"0" * 32), at=clock.now)
    others = services.writers.drafts.draft(form["draft"])  # v4 has asked the same
    persons.erase(engine, persons.person_of(engine, Who(visitor="v4")), keys=Keys(b"0" * 32), at=clock.now)
    erased = services.writers.drafts.draft(form["draft"])

    assert ASKED[0] in before.preview
    assert others.preview == before.preview
    assert (erased.preview, erased.source) == (None, GIFTS)
    assert desk.get(f"/writers/drafts/{form['draft']}").status_code == 200


def test_a_gap_is_found_under_each_name_that_it_had(desk: TestClient, writer: StaffMember, gap: str) -> None:
    store = services_of(desk).writers.gaps.store
    store.keep([Gap("first", NOON, NOON), Gap("second", NOON, NOON)])
    store.change("first", lambda one: replace(one, into="second"))
    store.change("second", lambda one: replace(one, into=gap))
    shown = desk.get("/writers/gaps/first")
    desk.post("/writers/gaps/first/state", data={"state": "planned"})
    told = desk.get("/v1/gaps/first", headers=OPERATOR).json()

    assert shown.url.path == f"/writers/gaps/{gap}"
    assert (told["id"], told["state"]) == (gap, "planned")
    assert store.gap("first").state is GapState.NEW


def test_what_is_wrong_leads_to_where_it_is_mended(desk: TestClient, writer: StaffMember, gap: str) -> None:
    store = services_of(desk).writers.gaps.store
    hint = next(one for one in services_of(desk).live.current().index.passages if one.page_id == "en/shipping").id

    def look(diagnosis: Diagnosis) -> str:
        (kept,) = store.gaps(least_people=3)
        store.keep([replace(kept, facts=replace(kept.facts, diagnosis=diagnosis, hint=hint))])
        return html.unescape(desk.get(f"/writers/gaps/{gap}").text)

    offered = {
        one: re.findall(r'href="(/writers/(?:drafts/new|curation)[^"]*)"', look(one)[:6000]) for one in Diagnosis
    }
    heading = desk.get(f"/writers/drafts/new?gap={gap}&page=en/shipping&heading=true").text
    translation = desk.get(f"/writers/drafts/new?gap={gap}&like=pl/wysylka").text

    assert f"/writers/drafts/new?gap={gap}&page=en/shipping&heading=true" in offered[Diagnosis.OTHER_WORDS]
    assert f"/writers/drafts/new?gap={gap}&like=en/shipping" in offered[Diagnosis.OTHER_LANGUAGE]
    assert f"/writers/drafts/new?gap={gap}&page=en/shipping" in offered[Diagnosis.WRONG_OR_OLD]
    assert re.search(r"## \w*[Ww]rapping|## Gift wrapping|## Tick gift", heading)
    assert "Tracking is sent by e-mail." in heading
    assert 'value="en/wysylka"' in translation
    assert "Paczki wychodzą" in translation
