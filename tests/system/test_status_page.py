"""The operator's page: behind a password, of counts alone; and what machines ask for."""

import os
import re

import pytest

from publisher.config import save_password
from publisher.publish import build
from tests.system.browsing import AXE, CHECK, FAINT, OVERFLOW, open_browser, show
from tests.system.conftest import NOW
from tests.system.service import mail_server, make_site, serving

WORDS = "vier Moewen ueber dem Hafen"
PAGE = "/newsletter/status"


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    browser = open_browser(tmp_path_factory.mktemp("profile"))
    yield browser
    browser.quit()


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    folder = tmp_path_factory.mktemp("status") / "site"
    with mail_server() as (mailbox, port), pytest.MonkeyPatch.context() as patch:
        patch.setitem(os.environ, "PUBLISHER_METRICS_TOKEN", "token-of-the-scraper")
        build(make_site(folder, port), now=NOW)
        save_password(folder, WORDS)
        with serving(folder, mailbox, "--behind-proxy", "127.0.0.1") as running:
            for number in range(30):
                running.reader(f"status{number}@reader.example")
            yield running


def enter(service, password=WORDS, **headers):
    fields = {"password": password, "stamp": service.stamp(0)}
    return service.post(PAGE, fields, **headers)


def cookie(answer):
    return answer.headers["set-cookie"].partition(";")[0]


def is_in(service, session):
    return "Log out" in service.get(PAGE, Cookie=session).text


def test_nothing_is_shown_before_the_password(service):
    answer = service.get(PAGE)
    assert (answer.status, "Password" in answer.text) == (200, True)
    assert "30" not in re.sub(r"(?s)<style>.*?</style>|value=\"[^\"]*\"", "", answer.text)
    wrong = enter(service, "another password")
    assert (wrong.status, "That is not the password." in wrong.text) == (403, True)
    assert "set-cookie" not in wrong.headers


def test_the_page_has_counts_and_no_address(service):
    answer = enter(service)
    assert (answer.status, answer.headers["location"]) == (303, PAGE)
    said = answer.headers["set-cookie"]
    for word in ("HttpOnly", "SameSite=strict", f"Path={PAGE}", "Max-Age=43200"):
        assert word in said
    assert "Secure" in enter(service, Host="courier.example").headers["set-cookie"]
    page = service.get(PAGE, Cookie=cookie(answer))
    assert page.status == 200
    assert "<dd>30</dd>" in page.text
    assert "Lamps relit" in page.text
    assert "@reader.example" not in page.text
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["content-security-policy"].startswith("default-src 'none'")


@pytest.mark.threat(22)
def test_looking_at_it_changes_nothing(service):
    session = cookie(enter(service))
    before = service.contents()
    for path in (PAGE, "/healthz", "/metrics"):
        for method in ("GET", "HEAD", "OPTIONS"):
            headers = {"Cookie": session, "Authorization": "Bearer token-of-the-scraper"}
            assert service.ask(method, path, **headers).status in (200, 204)
    assert service.contents() == before


@pytest.mark.threat(21)
def test_every_changed_bit_of_a_session_shows_the_login(service):
    session = cookie(enter(service))
    name, _, token = session.partition("=")
    assert is_in(service, session)
    for place, char in enumerate(token):
        for bit in range(7):
            other = chr(ord(char) ^ 1 << bit)
            if other.isprintable() and other not in ' ";,\\':
                changed = f"{name}={token[:place]}{other}{token[place + 1 :]}"
                assert not is_in(service, changed), (place, bit)
    # A token of another kind opens nothing here.
    assert not is_in(service, f"{name}={service.links.token('leave', 1, 'daily')}")


@pytest.mark.threat(23)
@pytest.mark.parametrize(
    ("fields", "headers"),
    [
        ({}, {}),
        ({"stamp": "1.forged"}, {}),
        ({"do": "log out"}, {}),
        ({"do": "log out", "proof": "forged"}, {}),
        ({"stamp": None}, {"Origin": "https://elsewhere.example"}),
        ({"stamp": None}, {"Sec_Fetch_Site": "cross-site", "Origin": "null"}),
    ],
)
def test_a_form_from_elsewhere_is_refused(service, fields, headers):
    session = cookie(enter(service))
    if "stamp" in fields and fields["stamp"] is None:
        fields = {"stamp": service.stamp(0)}
    fields = {"password": WORDS, **fields}
    answer = service.post(PAGE, fields, Cookie=session, **headers)
    assert answer.status == 403
    assert "set-cookie" not in answer.headers
    assert is_in(service, session)


def test_a_session_ends_by_its_own_form_and_with_the_password(service):
    session = cookie(enter(service))
    page = service.get(PAGE, Cookie=session).text
    proof = re.search(r'name="proof" value="([^"]+)"', page)[1]
    other = cookie(enter(service))
    fields = {"do": "log out", "proof": proof}
    assert service.post(PAGE, fields, Cookie=other).status == 403
    out = service.post(PAGE, fields, Cookie=session)
    assert out.status == 303
    assert 'session=""' in out.headers["set-cookie"]
    assert is_in(service, other)
    save_password(service.site, WORDS)
    assert not is_in(service, other)


def test_machines_ask_for_health_and_figures(service):
    assert (service.get("/healthz").status, service.get("/healthz").text) == (200, "ok\n")
    assert service.get("/metrics").status == 401
    assert service.get("/metrics", Authorization="Bearer guessed").status == 401
    answer = service.get("/metrics", Authorization="Bearer token-of-the-scraper")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    lines = answer.text.splitlines()
    assert 'publisher_subscriptions{newsletter="daily"} 30' in lines
    assert 'publisher_entries{state="public"} 2' in lines
    shape = re.compile(
        r"# (HELP|TYPE) .+|publisher_\w+(\{\w+=\"[^\"]*\"(,\w+=\"[^\"]*\")*\})? [\d.]+"
    )
    assert [line for line in lines if not shape.fullmatch(line)] == []


def test_without_a_password_or_a_token_there_is_no_page(tmp_path, monkeypatch):
    monkeypatch.delenv("PUBLISHER_METRICS_TOKEN", raising=False)
    with mail_server() as (mailbox, port):
        make_site(tmp_path / "site", port)
        with serving(tmp_path / "site", mailbox) as running:
            assert running.get(PAGE).status == 404
            assert running.post(PAGE, {"password": ""}).status == 404
            assert running.get("/metrics").status == 404
            assert running.get("/healthz").status == 200


@pytest.mark.threat(19)
def test_guessing_is_rationed_and_takes_nothing_from_readers(tmp_path):
    with mail_server() as (mailbox, port):
        make_site(tmp_path / "site", port, per_network=3)
        save_password(tmp_path / "site", WORDS)
        with serving(tmp_path / "site", mailbox, "--behind-proxy", "127.0.0.1") as running:
            guesses = [enter(running, f"guess number {n}").status for n in range(3)]
            assert guesses == [403, 403, 403]
            answer = enter(running)
            assert answer.status == 429
            assert int(answer.headers["retry-after"]) > 60
            assert enter(running, X_Forwarded_For="192.0.2.9").status == 303
            assert running.subscribe("reader@reader.example").status == 303


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 600, 1280])
def test_the_page_is_for_everybody(service, browser, width, scheme):
    if not AXE.is_file():
        pytest.skip("axe-core is missing: .ci/run fetches it, or set AXE to its axe.min.js")
    axe = AXE.read_text(encoding="utf-8")
    address = f"http://127.0.0.1:{service.port}{PAGE}"
    browser.get(address)
    browser.delete_all_cookies()
    for language in ("en", "de"):
        show(browser, f"{address}?language={language}", width, scheme)
        judge(browser, axe, width, f"login {language}")
    browser.find_element("id", "password").send_keys(WORDS + "\n")
    for language in ("en", "de"):
        show(browser, f"{address}?language={language}", width, scheme)
        assert browser.find_elements("css selector", ".plot rect.came")
        browser.execute_script(
            "document.querySelectorAll('details').forEach(one => one.open = true)"
        )
        judge(browser, axe, width, f"status {language}")


def judge(browser, axe, width, name):
    assert browser.execute_script(OVERFLOW, width) == [], name
    assert browser.execute_script(FAINT) == [], name
    browser.execute_script(axe)
    assert browser.execute_async_script(CHECK) == [], name
