"""How fast the support page is, and how light, in a real Chromium."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from playwright.sync_api import Page, sync_playwright

from eval.browsing import FLAGS, chromium_path

_PATIENCE_MS = 5_000
# The clock starts when the pause after the last letter is over, and stops when the first suggestion has been painted.
_WATCH = """
(debounce) => {
  const list = document.querySelector("[data-suggestions]");
  window.shown = null;
  document.querySelector("#question").addEventListener("input", () => {
    window.shown = null;
    window.due = performance.now() + debounce;
  }, { capture: true });
  new MutationObserver(() => {
    if (list.children.length && window.shown === null)
      requestAnimationFrame(() => setTimeout(() => { window.shown = performance.now() - window.due; }));
  }).observe(list, { childList: true });
}
"""


@dataclass(frozen=True, slots=True)
class PageSpeed:
    """Milliseconds from the end of the pause to the first suggestion on the screen, of those that had any; and the
    compressed bytes of a page when it has been loaded for the first time."""

    suggestion_ms: tuple[float, ...]
    without: int
    page_bytes: int


def measure_page(
    address: str, typed: Sequence[tuple[str, str]], *, debounce_ms: float, progress: Callable[[int, int], None]
) -> PageSpeed:
    """Type into the support page.

    Args:
        address: the service's.
        typed: what is typed, with the locale of the page.
        debounce_ms: the pause that the page makes after the last letter.
        progress: called with how many are done, of how many.
    """
    times: list[float] = []
    without = 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=list(FLAGS))
        weight = _weight(browser.new_page(base_url=address))
        page = browser.new_page(base_url=address)
        locale = ""
        for number, (text, wanted) in enumerate(typed, start=1):
            if wanted != locale:
                locale = wanted
                page.goto(f"/support/{locale}")
                page.evaluate(_WATCH, debounce_ms)
            page.fill("#question", text)
            # Nothing within a second after the pause: there is nothing to suggest.
            page.wait_for_function(
                "() => window.shown !== null || performance.now() > window.due + 1000", timeout=_PATIENCE_MS
            )
            shown = page.evaluate("window.shown")
            if shown is None:
                without += 1
            else:
                times.append(float(shown))
            progress(number, len(typed))
        browser.close()
    return PageSpeed(tuple(times), without, weight)


def _weight(page: Page) -> int:
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    received: list[float] = []
    network.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
    page.goto("/support/pl", wait_until="networkidle")
    return round(sum(received))
