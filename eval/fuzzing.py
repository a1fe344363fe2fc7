"""Sessions that go wrong: customers who reload, press twice, go back, and lose their connection while they write.

Each session is a browser context of its own in a real Chromium, with the real page and the real service. What it must
find is simple: after whatever has happened, the text is there as it was typed; and who went on until the page said that
it is sent has sent exactly one ticket with that text.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from playwright.async_api import Browser, BrowserContext, Error, Page, Route, async_playwright

from eval.browsing import FLAGS, chromium_path

_PATIENCE_MS = 20_000
_MOST_PRESSES = 12
_WORDS = {
    "en": ("parcel", "invoice", "coupon", "basket", "label", "courier", "button", "template", "colour", "domain"),
    "pl": ("paczka", "faktura", "kupon", "koszyk", "etykieta", "kurier", "przycisk", "szablon", "język", "pamięć"),
}
_FAULTS = ("none", "none", "lost_request", "lost_answer", "lost_answer", "slow", "unavailable")
_FAILING = ("lost_request", "lost_answer", "unavailable")
_MISHAPS = ("reload", "reload", "back", "help_page", "offline", "second_tab")


@dataclass(slots=True)
class Fuzzed:
    """What became of sessions.

    ``lost`` are drafts that were neither there as they were typed nor sent, with what had happened; ``unsent`` sessions
    that never got to the end;
    ``doubled`` and ``missing`` are told by what is in the database. ``faults`` counts what was done to them.
    """

    sessions: int = 0
    sent: int = 0
    lost: list[tuple[str, str]] = field(default_factory=list)
    unsent: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    faults: Counter[str] = field(default_factory=Counter)


async def fuzz(
    address: str,
    cookies: Callable[[int], Sequence[Mapping[str, str]]],
    *,
    sessions: int,
    seed: int,
    at_once: int,
    between: Callable[[int], None],
    progress: Callable[[int, int], None],
) -> tuple[Fuzzed, dict[int, tuple[str, bool]]]:
    """Run sessions.

    Args:
        address: the service's.
        cookies: returns what a session's browser is signed in with.
        sessions: how many.
        seed: of everything that is random.
        at_once: how many browsers go at the same time.
        between: called with the number of each session that ends: to restart the service, say.
        progress: called with how many have ended, of how many.

    Returns:
        What became of them but for the database's part, and each session's text with whether it was sent.
    """
    fuzzed, texts = Fuzzed(), {}
    numbers = iter(range(sessions))
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium_path(), args=list(FLAGS))

        async def work() -> None:
            # One page for many sessions: a new one costs a second of work. Who has sent leaves nothing in it.
            page = await _page(browser, address)
            for number in numbers:
                one = _Session(page, random.Random(f"{seed}:{number}"), number)  # noqa: S311 - no secret
                try:
                    sent = await one.run(cookies(number), fuzzed)
                except Error as exc:
                    sent = False
                    fuzzed.unsent.append(f"{number} {one.told}: {exc.message.splitlines()[0]}")
                page = one.page
                if not sent:
                    await page.context.close()
                    page = await _page(browser, address)
                texts[number] = (one.text, sent)
                fuzzed.sessions += 1
                fuzzed.sent += sent
                progress(fuzzed.sessions, sessions)
                between(fuzzed.sessions)
            await page.context.close()

        await asyncio.gather(*(work() for _ in range(at_once)))
        await browser.close()
    return fuzzed, texts


async def _page(browser: Browser, address: str) -> Page:
    context = await browser.new_context(base_url=address, viewport={"width": 360, "height": 480})
    context.set_default_timeout(_PATIENCE_MS)
    return await context.new_page()


class _Session:
    """One customer with one matter."""

    def __init__(self, page: Page, dice: random.Random, number: int) -> None:
        self.page = page
        self._dice = dice
        self._locale = dice.choice(("pl", "en"))
        self._faults: list[str] = []
        self.told: list[str] = []
        self.text = f"{self._words(4)} {number}\n{self._words(6)} – „{number}” ąęß & <b>"

    async def run(self, cookies: Sequence[Mapping[str, str]], fuzzed: Fuzzed) -> bool:
        page, context = self.page, self.page.context
        await context.set_offline(False)
        await context.clear_cookies()
        await context.add_cookies(cookies)  # type: ignore[arg-type]
        await context.unroute_all()
        await context.route("**/support/*/ticket", self._tamper)
        await self._open(page)
        for mishap in self._dice.choices(_MISHAPS, k=self._dice.randint(0, 3)):
            text = self.text if self._dice.random() < 0.6 else self.text[: self._dice.randint(3, len(self.text))]
            await page.fill("#text", text)
            fuzzed.faults[mishap] += 1
            self.told.append(mishap)
            page = self.page = await self._mishap(mishap, page, context)
            if not await self._is_there(page, text):
                fuzzed.lost.append((text, " ".join(self.told)))
                return False
        await page.fill("#text", self.text)
        return await self._send(page, fuzzed)

    async def _open(self, page: Page) -> None:
        await page.goto(f"/support/{self._locale}")
        if self._dice.random() < 0.3:
            await page.fill("#question", self._words(3))
        await page.click("[data-still]")
        await page.wait_for_selector("form[data-ticket]")

    async def _mishap(self, mishap: str, page: Page, context: BrowserContext) -> Page:
        if mishap == "reload":
            await page.reload()
        elif mishap == "back":
            await page.goto(f"/help/{self._locale}")
            await page.go_back()
        elif mishap == "help_page":
            await page.goto(f"/help/{self._locale}")
            await page.goto(f"/support/{self._locale}")
        elif mishap == "offline":
            await context.set_offline(True)
            await page.click("[value=send]")
            await page.wait_for_function("document.querySelector('[data-ticket] [data-state]').textContent.length > 0")
            await context.set_offline(False)
            await page.reload()
        else:
            other = await context.new_page()
            await other.goto(f"/support/{self._locale}")
            await page.close()
            page = other
        return page

    async def _is_there(self, page: Page, text: str) -> bool:
        """Say whether the text is in the form, or was sent from it: while offline, Send was pressed."""
        try:
            await page.wait_for_selector("form[data-ticket] #text, .sent", timeout=_PATIENCE_MS)
            if await page.locator(".sent").count():
                await page.click("[data-still]")
                await page.wait_for_selector("form[data-ticket]")
                return True
            await page.wait_for_function(
                "(text) => document.querySelector('#text')?.value === text", arg=text, timeout=5000
            )
        except Error:
            return False
        return True

    async def _send(self, page: Page, fuzzed: Fuzzed) -> bool:
        for _ in range(_MOST_PRESSES):
            fault = self._dice.choice(_FAULTS)
            self._faults.append(fault)
            self.told.append(fault)
            fuzzed.faults[fault] += 1
            if not await page.locator(".sent").count():
                try:
                    if self._dice.random() < 0.4:
                        fuzzed.faults["double"] += 1
                        self.told.append("double")
                        await page.dblclick("[value=send]", timeout=1000)
                    else:
                        await page.click("[value=send]", timeout=1000)
                    if self._dice.random() < 0.15:
                        fuzzed.faults["reload_while_sending"] += 1
                        self.told.append("reload_while_sending")
                        await page.reload()
                        await page.wait_for_selector("[data-flow]")
                        if not await self._after_reload(page):
                            return True
                except Error:
                    pass  # the form may have gone while it was being pressed: it was sent
            try:
                await page.wait_for_selector(".sent", timeout=300 if fault in _FAILING else 2500)
                return True
            except Error:
                continue
        fuzzed.unsent.append(f"{self.told}")
        return False

    async def _after_reload(self, page: Page) -> bool:
        """Say whether the draft is there to be sent again; where it is not, it had been sent."""
        try:
            await page.wait_for_selector("form[data-ticket]", timeout=3000)
        except Error:
            return False
        return True

    async def _tamper(self, route: Route) -> None:
        body = route.request.post_data or ""
        fault = self._faults.pop(0) if self._faults and 'name="step"\r\n\r\nsend' in body else "none"
        try:
            if fault == "lost_request":
                await route.abort("connectionreset")
            elif fault == "lost_answer":
                await route.fetch()
                await route.abort("connectionreset")
            elif fault == "unavailable":
                await route.fulfill(status=503, body="")
            else:
                if fault == "slow":
                    await asyncio.sleep(self._dice.random() * 1.2)
                await route.continue_()
        except Error:
            pass  # the page had gone before its answer came

    def _words(self, number: int) -> str:
        return " ".join(self._dice.choices(_WORDS[self._locale], k=number))


def settle(fuzzed: Fuzzed, texts: Mapping[int, tuple[str, bool]], kept: Counter[str]) -> Fuzzed:
    """Return what became of sessions, with what the database has of each text."""
    # What is no longer in the form may have been sent: Send was pressed while offline, and it went out by itself.
    fuzzed.lost = [(text, told) for text, told in fuzzed.lost if kept[text] != 1]
    for number, (text, sent) in texts.items():
        if kept[text] > 1:
            fuzzed.doubled.append(f"{number}: {kept[text]} tickets")
        if sent and not kept[text]:
            fuzzed.missing.append(f"{number}: {text!r}")
    return fuzzed
