from publisher.config import load_site
from publisher.model import Finding, Severity
from publisher.publish.proofs import in_templates, known_addresses

URL = "https://paper.example/news/"


def site(folder, more=""):
    (folder / "publisher.toml").write_text(
        f'[publication]\ntitle = "A"\nurl = "{URL}"\n{more}', encoding="utf-8"
    )
    (folder / "feeds/entries").mkdir(parents=True)
    (folder / "feeds/index.html").touch()
    (folder / "feeds/entries/ferry ü.html").touch()
    return load_site(folder, {})


def test_an_address_of_ours_leads_somewhere_if_there_is_a_file(tmp_path):
    known = known_addresses(site(tmp_path), URL + "editions/next.html")
    for address in (
        "",
        "index.html",
        "entries/ferry%20%C3%BC.html#top",
        "editions/next.html",
        "?a",
    ):
        assert known(URL + address) is True, address
    for address in ("gone.html", "entries/", "entries", "%00", "../../publisher.toml"):
        assert known(URL + address) is False, address


def test_of_what_others_answer_nothing_is_known(tmp_path):
    known = known_addresses(site(tmp_path))
    for address in ("https://x.example/", URL + "newsletter/leave/1", "mailto:a@paper.example"):
        assert known(address) is None


def test_without_pages_of_ours_no_page_is_missed(tmp_path):
    known = known_addresses(site(tmp_path, "[pages]\nenabled = false\n"))
    assert known(URL + "entries/elsewhere.html") is None
    assert known(URL + "media/a.png") is False


def test_a_finding_is_at_the_line_of_the_template_that_it_quotes():
    def finding(what, at):
        return Finding(severity=Severity.ERROR, what=what, path=at)

    files = {"text/html": "digest/a.mjml", "Subject": "digest/a.subject.txt"}
    told = in_templates(
        [
            finding("the HTML part has a <form>", "text/html"),
            finding("the image '/a.png' has no alt", "text/html"),
            finding("something else", "text/html"),
            finding("Subject is empty", "Subject"),
            finding("From has the domain x", "From"),
        ],
        files,
        {"digest/a.mjml": "<mjml>\n<form>\n<img src='/a.png'>", "digest/a.subject.txt": ""},
    )
    assert [(one.path, one.line) for one in told] == [
        ("templates/digest/a.mjml", 2),
        ("templates/digest/a.mjml", 3),
        ("templates/digest/a.mjml", None),
        ("templates/digest/a.subject.txt", None),
        ("publisher.toml", None),
    ]
