import json

import pytest

from publisher.errors import ArticleError, TransportError
from publisher.model import Finding, Severity
from publisher.publish import Report

ERROR = Finding(severity=Severity.ERROR, what="broken")
WARNING = Finding(severity=Severity.WARNING, what="odd")


@pytest.mark.parametrize(
    ("report", "code"),
    [
        (Report(), 0),
        (Report(findings=[WARNING]), 0),
        (Report(findings=[WARNING, ERROR]), 1),
        (Report(failed=1), 1),
        (Report(held=1), 1),
        (Report(deferred=1), 0),
        (Report(stopped=True, findings=[ERROR]), 75),
    ],
)
def test_the_exit_code_tells_how_it_went(report, code):
    assert report.exit_code == code


def test_an_error_is_taken_as_a_finding_with_its_place():
    report = Report()
    report.blame(ArticleError("no title", mend="give it one", path="articles/a.md", line=3))
    (finding,) = report.findings
    assert str(finding) == "articles/a.md:3: no title (give it one)"
    assert report.exit_code == 1


def test_a_relay_that_can_not_be_reached_is_for_the_next_run():
    report = Report()
    report.blame(TransportError("no relay"))
    assert report.exit_code == 75


def test_a_script_can_read_all_of_it():
    told = json.loads(json.dumps(Report(sent=2, findings=[ERROR]).as_dict()))
    assert (told["sent"], told["exit_code"]) == (2, 1)
    assert told["findings"][0]["what"] == "broken"
