"""Pages and digests in the installed Chromium: nothing overflows, nothing is too faint, nothing is fetched."""

from __future__ import annotations

import re

import pytest

from tests.system.browsing import FAINT, OVERFLOW, open_browser, requests_of, show
from tests.system.lantern_bay import write_sample


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    folder = tmp_path_factory.mktemp("look")
    return folder, write_sample(folder)


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    browser = open_browser(tmp_path_factory.mktemp("profile"))
    yield browser
    browser.quit()


@pytest.mark.parametrize("width", [360, 1280])
def test_nothing_overflows(browser, sample, width):
    folder, paths = sample
    for path in paths:
        show(browser, (folder / path).as_uri(), width, "light")
        assert browser.execute_script(OVERFLOW, width) == [], path


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_text_has_enough_contrast(browser, sample, scheme):
    folder, paths = sample
    for path in paths:
        if path != "plain-mail.html" or scheme == "light":
            show(browser, (folder / path).as_uri(), 800, scheme)
            assert browser.execute_script(FAINT) == [], path


def test_dark_mode_is_dark(browser, sample):
    folder, paths = sample
    for path in set(paths) - {"plain-mail.html"}:
        show(browser, (folder / path).as_uri(), 800, "dark")
        colour = browser.execute_script("return getComputedStyle(document.body).backgroundColor")
        assert max(map(int, re.findall(r"\d+", colour)[:3])) < 64, path


def test_nothing_is_fetched_and_nothing_complains(browser, sample):
    folder, paths = sample
    browser.get_log("browser")
    browser.get_log("performance")
    for path in paths:
        show(browser, (folder / path).as_uri(), 800, "light")
    assert browser.get_log("browser") == []
    asked = requests_of(browser)
    assert (folder / paths[0]).as_uri() in asked
    foreign = [one for one in asked if not one.startswith((folder.as_uri(), "data:"))]
    assert foreign == []


def test_every_link_between_our_pages_leads_to_a_file(browser, sample):
    folder, paths = sample
    files = {(folder / path).as_uri() for path in paths}
    for path in set(paths) - {"mail.html", "plain-mail.html"}:
        show(browser, (folder / path).as_uri(), 800, "light")
        links = browser.execute_script(
            "return [...document.querySelectorAll('a[href]')].map(a => a.href.split('#')[0])"
        )
        ours = {link for link in links if link.endswith(".html") and link.startswith("file:")}
        assert ours <= files, (path, ours - files)


def test_the_keyboard_shows_where_it_is(browser, sample):
    from selenium.webdriver.common.by import By
    from selenium.webdriver.common.keys import Keys

    folder, _ = sample
    show(browser, (folder / "index.html").as_uri(), 800, "light")
    browser.find_element(By.TAG_NAME, "body").send_keys(Keys.TAB, Keys.TAB)
    style = "const s = getComputedStyle(document.activeElement); return [s.outlineStyle, s.outlineWidth]"
    assert browser.execute_script(style) == ["solid", "3px"]


def test_one_main_heading_and_the_landmarks(browser, sample):
    folder, paths = sample
    for path in paths:
        show(browser, (folder / path).as_uri(), 800, "light")
        count = "return document.querySelectorAll(arguments[0]).length"
        assert browser.execute_script(count, "h1") == 1, path
        if "mail" not in path and not path.startswith("editions/daily"):
            assert browser.execute_script(count, "main") == 1
            assert browser.execute_script(count, "body > footer") == 1
