"""The preview in the installed Chromium: it follows changes, works by keyboard, looks right."""

from __future__ import annotations

import re
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import urlsplit

import pytest

from tests.system.browsing import FAINT, OVERFLOW, complaints, open_browser, requests_of, show
from tests.system.previewing import copy_sample, previewing

FERRY = "/articles/winter-ferry-to-skerry.txt"
PARTS = {"article": FERRY, "feed": "/feeds/tags/skerry", "edition": "/newsletters/daily"}


@pytest.fixture(scope="module")
def preview(tmp_path_factory):
    with previewing(copy_sample(tmp_path_factory.mktemp("preview") / "site")) as running:
        yield running


@pytest.fixture(scope="module")
def chromium(tmp_path_factory):
    browser = open_browser(tmp_path_factory.mktemp("profile"))
    yield browser
    browser.quit()


@pytest.fixture
def browser(chromium):
    chromium.get("about:blank")
    chromium.get_log("browser")
    chromium.get_log("performance")
    return chromium


def wait(browser, what, script, *words):
    """Until a script gives something true; gives that."""
    from selenium.webdriver.support.wait import WebDriverWait

    return WebDriverWait(browser, 60, 0.02).until(
        lambda one: one.execute_script(f"return {script}", *words), what
    )


def text_of(browser, identifier):
    return browser.execute_script(
        "const one = document.getElementById(arguments[0]); return one ? one.innerText : ''",
        identifier,
    )


def in_frame(browser, identifier, script):
    """What a script gives in a frame, once its document is there."""
    from selenium.common.exceptions import WebDriverException
    from selenium.webdriver.support.wait import WebDriverWait

    def ask(one):
        try:
            one.switch_to.frame(one.find_element("id", identifier))
            whole = "document.readyState == 'complete' && location.href != 'about:blank'"
            return one.execute_script(f"return {whole} && {script}")
        finally:
            one.switch_to.default_content()

    # It may be on the way to another document just now.
    waiting = WebDriverWait(browser, 60, 0.05, ignored_exceptions=[WebDriverException])
    return waiting.until(ask, f"{identifier} has been loaded")


def press(browser, *keys):
    from selenium.webdriver.common.action_chains import ActionChains

    ActionChains(browser).send_keys(*keys).perform()


def ready(browser):
    wait(browser, "the script listens", "document.getElementById('live').matches('.on')")


def test_a_changed_article_shows_by_itself(preview, browser):
    show(browser, preview.base + FERRY, 1280, "light")
    ready(browser)
    article = preview.folder / "articles/winter-ferry-to-skerry.txt"
    before = article.read_text(encoding="utf-8")
    title = browser.find_element("tag name", "h1").text
    try:
        article.write_text(before.replace(title, "Ferry sails to the moon", 1), encoding="utf-8")
        wait(browser, "the new title", "document.querySelector('h1').innerText == arguments[0]",
             "Ferry sails to the moon")  # fmt: skip
        assert "Ferry sails to the moon" in text_of(browser, "list")
        shows = "document.body.innerText.includes('Ferry sails to the moon')"
        assert in_frame(browser, "article-frame", shows)
        assert browser.title.startswith("Ferry sails to the moon")
        assert "Updated" in text_of(browser, "live")
    finally:
        article.write_text(before, encoding="utf-8")
    wait(browser, "the old title", "document.querySelector('h1').innerText == arguments[0]", title)


def test_what_did_not_change_stays_as_it_is(preview, browser):
    """A change elsewhere reloads no frame, closes nothing that was opened, moves no focus."""
    show(browser, preview.base + FERRY, 1280, "light")
    ready(browser)
    browser.find_element("css selector", "#article-values summary").click()
    browser.execute_script("document.getElementById('article-frame').mark = 'same'")
    other = preview.folder / "articles/new.md"
    other.write_text("---\ndate: 2026-11-20\n---\n# Brand new\n\nText.\n", encoding="utf-8")
    try:
        wait(
            browser, "the other", "document.getElementById('list').innerText.includes('Brand new')"
        )
        assert browser.execute_script("return document.getElementById('article-values').open")
        assert (
            browser.execute_script("return document.getElementById('article-frame').mark") == "same"
        )
        assert browser.execute_script("return document.activeElement.id") == "article-values-title"
    finally:
        other.unlink()
    wait(browser, "gone", "!document.getElementById('list').innerText.includes('Brand new')")


def test_chosen_topics_change_the_edition(preview, browser):
    show(browser, f"{preview.base}/newsletters/daily", 1280, "light")
    ready(browser)
    whole = text_of(browser, "edition-text")
    assert "Forty lamps return" in whole
    browser.find_element("id", "topic-section:harbour").click()
    wait(browser, "less", "document.getElementById('edition-text').innerText.length < arguments[0]",
         len(whole))  # fmt: skip
    chosen = text_of(browser, "edition-text")
    assert "Pupils on Skerry" in chosen
    assert "Forty lamps return" not in chosen
    assert urlsplit(browser.current_url).query == "topic=section%3Aharbour"
    assert browser.switch_to.active_element.get_attribute("id") == "topic-section:harbour"
    for frame in ("frame-desktop", "frame-phone", "frame-dark"):
        assert in_frame(browser, frame, "!document.body.innerText.includes('Forty lamps return')")


def test_a_change_does_not_take_the_place_of_a_choice(preview, browser):
    show(browser, f"{preview.base}/newsletters/daily", 1280, "light")
    ready(browser)
    slowly = "(...words) => new Promise((go) => setTimeout(go, 2000)).then(() => quick(...words))"
    browser.execute_script(f"const quick = fetch; window.fetch = {slowly}")
    browser.find_element("id", "topic-section:harbour").click()
    other = preview.folder / "articles/new.md"
    other.write_text("---\ndate: 2026-11-20\n---\n# Brand new\n\nText.\n", encoding="utf-8")
    try:
        wait(browser, "it is told", "document.getElementById('live').innerText.includes('Updated')")
        assert "Forty lamps return" not in text_of(browser, "edition-text")
        assert urlsplit(browser.current_url).query == "topic=section%3Aharbour"
    finally:
        other.unlink()


def test_the_panes_are_desktop_phone_dark_text_and_source(preview, browser):
    show(browser, f"{preview.base}/newsletters/daily", 1280, "dark")
    ready(browser)
    seen = {}
    for pane in ("desktop", "phone", "dark"):
        seen[pane] = in_frame(
            browser,
            f"frame-{pane}",
            "[innerWidth, getComputedStyle(document.querySelector('.card')).backgroundColor]",
        )
    assert 639 <= seen["desktop"][0] <= 641
    assert 370 <= seen["phone"][0] <= 375
    assert seen["dark"][0] == seen["phone"][0]
    # Of a dark machine, only the pane that says so is dark.
    light, phone, dark = (
        max(map(int, re.findall(r"\d+", seen[pane][1])[:3]))
        for pane in ("desktop", "phone", "dark")
    )
    assert min(light, phone) > 240
    assert dark < 64
    assert text_of(browser, "edition-text").startswith("Saltmarsh today\n")
    assert text_of(browser, "edition-source").startswith("From: The Saltmarsh Courier")


def test_it_works_by_keyboard_alone(preview, browser):
    from selenium.webdriver.common.keys import Keys

    def focused():
        return browser.execute_script("return document.activeElement.id")

    show(browser, f"{preview.base}/articles", 1280, "light")
    ready(browser)
    press(browser, Keys.TAB)
    assert browser.switch_to.active_element.text == "Skip to the content"
    press(browser, Keys.ENTER)
    first = browser.find_element("tag name", "h1").text
    press(browser, "j")
    wait(browser, "the next", "document.querySelector('h1').innerText != arguments[0]", first)
    assert browser.execute_script("return document.activeElement.getAttribute('aria-current')")
    outline = browser.execute_script("return getComputedStyle(document.activeElement).outlineWidth")
    assert outline == "3px"
    press(browser, Keys.ARROW_UP)
    wait(browser, "back", "document.querySelector('h1').innerText == arguments[0]", first)
    press(browser, "3")
    wait(browser, "newsletters", "location.pathname == '/newsletters'")
    wait(browser, "the content", "document.activeElement.id == 'main'")
    press(browser, "/")
    assert focused() == "reader"
    press(browser, "2", Keys.ESCAPE, Keys.BACKSPACE)
    assert urlsplit(browser.current_url).path.startswith("/newsletters")  # a 2 in a field is a 2
    press(browser, "f")
    assert focused() == "findings"
    press(browser, "?")
    assert browser.execute_script("return document.getElementById('keys').open")
    browser.find_element("id", "keys-on").click()
    press(browser, Keys.ESCAPE, "1")
    assert urlsplit(browser.current_url).path.startswith("/newsletters")
    browser.execute_script("localStorage.clear()")


@pytest.fixture
def tracker():
    """A web server that somebody else's picture would be asked of; gives its port and the paths."""
    asked = []

    class Tracker(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_error(404)

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Tracker) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1], asked
        server.shutdown()


def test_an_article_may_try_what_it_likes(preview, browser, tracker):
    """Whatever its markup says runs nothing, and fetches nothing from elsewhere."""
    port, asked = tracker
    bad = preview.folder / "articles/bad.html"
    bad.write_text(
        "<html><head><title>Bad &lt;script&gt;parent.hacked=1&lt;/script&gt;</title></head><body>"
        "<p onclick='parent.hacked=1'>Text <script>parent.hacked=1</script>"
        f"<img src='http://127.0.0.1:{port}/1.png' onerror='parent.hacked=1' alt='x'>"
        f"<iframe src='http://127.0.0.1:{port}/'></iframe> and more text.</p></body></html>",
        encoding="utf-8",
    )
    try:
        for path in ("/articles/bad.html", "/feeds", "/newsletters/daily"):
            show(browser, preview.base + path, 1280, "light")
            ready(browser)
            wait(
                browser,
                "all is looked through",
                "document.body.innerText.includes('parent.hacked') && "
                "!document.getElementById('findings').innerText.includes('Still looking')",
            )
            for frame in [
                one.get_attribute("id") for one in browser.find_elements("tag name", "iframe")
            ]:
                assert in_frame(browser, frame, "document.body.innerText.includes('Text')")
            assert browser.execute_script("return window.hacked") is None
        assert asked == []
    finally:
        bad.unlink()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 600, 1280])
def test_it_is_for_everybody(preview, browser, width, scheme):
    """Nothing overflows, nothing is too faint, and axe-core has nothing to say."""
    broken = preview.folder / "articles/broken.md"
    broken.write_text("---\ndate: 0000-00-00\ntitel: x\n---\n# Bad\n", encoding="utf-8")
    try:
        for name, path in {**PARTS, "broken": "/articles/broken.md", "none": "/feeds/no"}.items():
            show(browser, preview.base + path, width, scheme)
            ready(browser)
            browser.execute_script(
                "document.querySelectorAll('details').forEach(one => one.open = true)"
            )
            assert browser.execute_script(OVERFLOW, width) == [], name
            assert browser.execute_script(FAINT) == [], name
            assert complaints(browser) == [], name
        press(browser, "?")
        assert complaints(browser) == []
    finally:
        broken.unlink()


def test_nothing_is_fetched_from_anywhere_else_and_nothing_complains(preview, browser):
    for path in PARTS.values():
        show(browser, preview.base + path, 1280, "light")
        ready(browser)
    asked = requests_of(browser)
    assert f"{preview.base}/preview.css" in asked
    assert [one for one in asked if not one.startswith((preview.base, "about:", "data:"))] == []
    assert browser.get_log("browser") == []
