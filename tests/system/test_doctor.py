"""`publisher doctor`: what a machine or an installation would do to a site is said before it does."""

import sys
import types

import pytest

from publisher.model import Severity
from publisher.publish import doctor

MOUNTS = """\
22 1 8:1 / / rw - ext4 /dev/sda1 rw
23 22 0:44 / {folder} rw shared:5 - nfs4 server:/paper rw
"""


def examine(site):
    from publisher.config import load_site

    return [str(one) for one in doctor.examine(load_site(site.folder, {}))]


def said(site, what):
    return [one for one in examine(site) if what in one]


@pytest.mark.threat(42)
def test_row_42_a_sound_site_has_no_errors(site):
    site.article("ferry.md", "---\ntitle: Ferry\n---\nBack.\n")
    site.run()
    site.command("doctor", code=0)
    assert not [one for one in site.json("doctor") if one["severity"] == "error"]


@pytest.mark.threat(42)
def test_row_42_a_package_of_the_same_import_name_is_named(site, monkeypatch):
    other = types.ModuleType("mjml")
    other.mjml2html = lambda text: text
    monkeypatch.setitem(sys.modules, "mjml", other)
    assert said(site, "the package mjml hides mjml-python")


@pytest.mark.threat(42)
def test_row_42_versions_are_compared_with_what_is_asked_for():
    told = [
        str(one)
        for one in doctor._packages(
            ["jinja2>=3.1.6,<4", "pyyaml>=99", "typer<0.1,>=0.0.1", "no-such-package>=1",
             'psycopg>=99; extra == "postgresql"']
        )
    ]  # fmt: skip
    assert [one.split(" ")[2] for one in told] == ["pyyaml", "typer", "no-such-package"]
    (old,) = doctor._interpreter((3, 11, 7))
    assert old.severity is Severity.WARNING
    assert "CVE-2024-6923" in old.what
    assert not list(doctor._interpreter((3, 13, 0)))


@pytest.mark.threat(28, 42)
def test_row_42_a_disk_that_several_machines_share_is_no_place_for_sqlite(
    site, tmp_path, monkeypatch
):
    mounts = tmp_path / "mountinfo"
    mounts.write_text(MOUNTS.format(folder=site.folder))
    kind = doctor.file_system
    assert kind(site.folder / "articles", str(mounts)) == "nfs4"
    assert kind(site.folder.parent, str(mounts)) == "ext4"
    assert kind(site.folder, "/nowhere") == ""
    monkeypatch.setattr(doctor, "file_system", lambda folder: kind(folder, str(mounts)))
    assert said(site, "lies on nfs4")
    site.run()
    (site.folder / "publisher.db").chmod(0o644)
    assert said(site, "others on this machine can read it")


@pytest.mark.threat(42)
def test_row_42_a_database_that_is_damaged_or_none_and_a_broken_template_are_named(site):
    (site.folder / "templates/pages").mkdir(parents=True)
    (site.folder / "templates/digest").mkdir()
    (site.folder / "templates/pages/index.html").write_text("one\n{% for %}")
    (site.folder / "templates/digest/digest.mjml").write_text("<mjml>\n<mj-body>\n</mjml>")
    (site.folder / "publisher.db").write_bytes(b"no database " * 1000)
    told = examine(site)
    assert any("templates/pages/index.html:2: " in one for one in told)
    assert any("templates/digest/digest.mjml:3: " in one for one in told)
    assert any("publisher.db: the database can't be read" in one for one in told)
    site.command("doctor", code=1)
