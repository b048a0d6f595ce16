"""A reader's whole way in the installed Chromium, and what axe-core says of every page."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from urllib.parse import urlsplit

import pytest

from publisher.config import load_site
from publisher.model import Choice, Frequency, Selection
from publisher.publish import build, run
from publisher.timetable import next_slot, schedule_of
from tests.system.browsing import AXE, CHECK, FAINT, OVERFLOW, open_browser, requests_of, show
from tests.system.service import mail_server, make_site, serving


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    folder = tmp_path_factory.mktemp("browser") / "site"
    with mail_server() as (mailbox, port):
        site = make_site(folder, port)
        build(site, now=datetime.now(UTC).replace(microsecond=0))
        with serving(folder, mailbox) as running:
            yield running


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    browser = open_browser(tmp_path_factory.mktemp("profile"))
    yield browser
    browser.quit()


def here(service, link):
    """A link of a mail, as the web server in front would hand it on."""
    return f"http://127.0.0.1:{service.port}{urlsplit(link).path}"


def link_in(mail: EmailMessage, page):
    text = mail.get_body(("plain",)).get_content()
    return re.search(rf"https://courier\.example/newsletter/{page}/\S+", text)[0]


def heading(browser):
    return browser.find_element("tag name", "h1").text


def press(browser, words):
    """Press the button with these words, as a person would, and wait for what comes."""
    from selenium.common.exceptions import WebDriverException
    from selenium.webdriver.support.expected_conditions import staleness_of
    from selenium.webdriver.support.wait import WebDriverWait

    button = browser.find_element("xpath", f'//button[normalize-space()="{words}"]')
    button.click()
    # While one page makes way for the next, Chromium may say so in another error: asked again.
    WebDriverWait(browser, 30, ignored_exceptions=[WebDriverException]).until(staleness_of(button))


def select(browser, identifier, value):
    from selenium.webdriver.support.select import Select

    Select(browser.find_element("id", identifier)).select_by_value(value)


def test_the_whole_way_of_a_reader(service, browser):
    who = "mika@reader.example"
    browser.get(f"http://127.0.0.1:{service.port}/newsletter/subscribe")
    browser.find_element("id", "address").send_keys(who)
    time.sleep(2.5)  # a person takes longer
    press(browser, "Subscribe")
    assert heading(browser) == "Look into your mailbox"

    [mail] = service.mailbox.wait(who)
    browser.get(here(service, link_in(mail, "confirm")))
    press(browser, "Yes, send it to me")
    assert "Welcome!" in browser.find_element("class name", "note").text

    select(browser, "frequency-daily", "weekly")
    browser.find_element("tag name", "summary").click()
    browser.find_element("css selector", 'input[value="tag:skerry"]').click()
    select(browser, "timezone", "Asia/Tokyo")
    press(browser, "Save")
    assert browser.find_element("class name", "note").text == "Saved."
    ticked = browser.find_elements("css selector", ".topics input:checked")
    assert [one.get_attribute("value") for one in ticked] == ["tag:skerry"]

    digest = the_digest_at_its_slot(service, who)
    assert "Ferry stays" in digest.get_body(("plain",)).get_content()
    assert "Lamps relit" not in digest.get_body(("plain",)).get_content()

    leave = link_in(digest, "leave")
    assert leave in digest["List-Unsubscribe"]
    browser.get(here(service, leave))
    press(browser, "Unsubscribe")
    assert heading(browser) == "You have left Courier daily"
    press(browser, "That was a mistake: come back")
    assert heading(browser) == "Leave Courier daily?"

    answer = service.post(urlsplit(leave).path, {"List-Unsubscribe": "One-Click"})
    assert answer.status == 200
    browser.refresh()
    assert heading(browser) == "You have left Courier daily"
    press(browser, "That was a mistake: come back")
    with service.store() as store:
        [kept] = store.readers.find(who).subscriptions
    assert kept.choice == Choice(
        topics=Selection(tags=frozenset({"skerry"})),
        frequency=Frequency.WEEKLY,
        timezone="Asia/Tokyo",
    )


def the_digest_at_its_slot(service, who):
    """Runs before and at the slot of a weekly reader in Tokyo: one digest, not a second too soon."""
    site = load_site(service.site, {})
    now = datetime.now(UTC).replace(microsecond=0)
    schedule = schedule_of(site.newsletter("daily"), Frequency.WEEKLY)
    slot = next_slot(schedule, "Asia/Tokyo", now + timedelta(minutes=1))
    assert slot.strftime("%A %H:%M") == "Sunday 22:00"  # Monday 07:00 there
    for moment in (now, slot - timedelta(seconds=1)):
        run(site, clock=lambda moment=moment: moment)
        assert len(service.mailbox.to(who)) == 1  # the confirmation
    for moment in (slot, slot + timedelta(seconds=1), slot + timedelta(hours=2)):
        run(site, clock=lambda moment=moment: moment)
    [_, digest] = service.mailbox.to(who)
    return digest


@pytest.fixture(scope="module")
def pages(service):
    """Every kind of page, in both languages."""
    number = service.reader("looker@reader.example", "daily", "weekly")
    left = service.reader("left@reader.example", "daily", "weekly")
    service.subscribe("confirmer@reader.example", "daily", "weekly")
    [mail] = service.mailbox.wait("confirmer@reader.example")
    now = datetime.now(UTC).replace(microsecond=0)
    with service.store() as store:
        store.readers.leave(left, ["daily"], source="test", network="", now=now)
        topics = Selection(tags=frozenset({"skerry"}), authors=frozenset({"nobody-now"}))
        store.readers.choose(
            number,
            {"daily": Choice(topics=topics, frequency=Frequency.WEEKLY, timezone="Asia/Tokyo")},
            language="",
            paused={"daily": now + timedelta(days=20)},
            network="",
            now=now,
        )
    links = service.links
    found = {
        "subscribe": "/newsletter/subscribe",
        "link": "/newsletter/link",
        "sent": "/newsletter/sent",
        "embed": "/newsletter/embed",
        "confirm": link_in(mail, "confirm"),
        "preferences": links.link("preferences", number, "daily") + "?saved",
        "leave": links.link("leave", number, "daily"),
        "left": links.link("leave", left, "daily"),
        "problem": "/newsletter/leave/nonsense",
        "missing": "/nothing/here",
        "index": "/",
    }
    base = f"http://127.0.0.1:{service.port}"
    addresses = {
        name: base + one.removeprefix("https://courier.example") for name, one in found.items()
    }
    for name in ("subscribe", "preferences", "leave"):
        join = "&" if "?" in addresses[name] else "?"
        addresses[f"{name} in German"] = f"{addresses[name]}{join}language=de"
    return addresses


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_pages_are_for_everybody(browser, pages, width, scheme):
    """Nothing overflows, nothing is too faint, and axe-core has nothing to say."""
    if not AXE.is_file():
        pytest.skip("axe-core is missing: .ci/run fetches it, or set AXE to its axe.min.js")
    axe = AXE.read_text(encoding="utf-8")
    for name, address in pages.items():
        show(browser, address, width, scheme)
        browser.execute_script(
            "document.querySelectorAll('details').forEach(one => one.open = true)"
        )
        assert browser.execute_script(OVERFLOW, width) == [], name
        assert browser.execute_script(FAINT) == [], name
        browser.execute_script(axe)
        assert browser.execute_async_script(CHECK) == [], name


def test_problems_of_forms_are_for_everybody_too(service, browser):
    if not AXE.is_file():
        pytest.skip("axe-core is missing: .ci/run fetches it, or set AXE to its axe.min.js")
    axe = AXE.read_text(encoding="utf-8")
    for button, page in (("Subscribe", "subscribe"), ("Send it", "link")):
        for address in ("nonsense", "once-more@reader.example"):
            browser.get(f"http://127.0.0.1:{service.port}/newsletter/{page}")
            browser.execute_script("document.forms[0].noValidate = true")
            browser.find_element("id", "address").send_keys(address)
            browser.execute_script("document.forms[0].stamp.value = ''")
            press(browser, button)
            browser.execute_script(axe)
            assert browser.execute_async_script(CHECK) == [], (page, address)
            assert browser.find_element("id", "address").get_attribute("value") == address


def test_nothing_is_fetched_from_anywhere_else(browser, pages):
    browser.get_log("performance")
    for address in pages.values():
        show(browser, address, 800, "light")
    asked = requests_of(browser)
    base = pages["index"]
    assert base in asked
    assert [one for one in asked if not one.startswith((base, "data:"))] == []


def test_a_form_works_by_keyboard_alone(service, browser):
    from selenium.webdriver.common.keys import Keys

    browser.get(f"http://127.0.0.1:{service.port}/newsletter/link")
    field = browser.find_element("id", "address")
    field.send_keys("keys@reader.example")
    time.sleep(2.5)
    field.send_keys(Keys.TAB)
    focused = "return document.activeElement.textContent.trim()"
    assert browser.execute_script(focused) == "Send it"
    browser.switch_to.active_element.send_keys(Keys.ENTER)
    time.sleep(0.5)
    assert heading(browser) == "Look into your mailbox"
