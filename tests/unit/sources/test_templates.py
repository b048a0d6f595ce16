import os
from pathlib import Path

import pytest

import publisher
from publisher.errors import TemplateError
from publisher.model import Restyled, Shipped
from publisher.sources import load_templates, templates

REPOSITORY = Path(__file__).parents[3]


@pytest.fixture
def shipped(tmp_path, monkeypatch):
    folder = tmp_path / "shipped"
    write(folder, "pages/index.html", "shipped index")
    write(folder, "digest/digest.mjml", "shipped digest")
    monkeypatch.setattr(templates, "_shipped", lambda: folder)
    return folder


@pytest.fixture
def site(tmp_path):
    site = tmp_path / "site"
    site.mkdir()
    return site


def write(folder, path, text):
    file = folder / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


def test_a_site_without_templates_has_the_shipped_ones(shipped, site):
    assert load_templates(site) == {
        "pages/index.html": "shipped index",
        "digest/digest.mjml": "shipped digest",
    }


def test_a_site_keeps_only_what_differs(shipped, site):
    write(site, "templates/pages/index.html", "\ufeffour índex")
    write(site, "templates/digest/weekly.mjml", "our weekly")
    assert load_templates(site) == {
        "pages/index.html": "our índex",
        "digest/digest.mjml": "shipped digest",
        "digest/weekly.mjml": "our weekly",
    }


def test_they_are_shipped_until_one_differs(shipped, site):
    write(site, "templates/pages/index.html", "shipped index")
    assert isinstance(load_templates(site), Shipped)
    write(site, "templates/pages/index.html", "our index")
    assert isinstance(load_templates(site), Restyled)


def test_only_texts_are_templates(shipped, site):
    for path in ("logo.png", "README.md", ".hidden.html", ".git/a.html", "index.html~"):
        write(site, f"templates/{path}", "no template")
    assert sorted(load_templates(site)) == ["digest/digest.mjml", "pages/index.html"]


def test_the_shipped_folder_may_be_the_sites_own(shipped, site):
    (site / "templates").symlink_to(shipped)
    assert load_templates(site)["pages/index.html"] == "shipped index"


def test_the_checkouts_templates_are_the_shipped_ones():
    assert templates._shipped() == REPOSITORY / "templates"
    if not any((REPOSITORY / "templates").rglob("*.mjml")):
        pytest.skip("templates/*.mjml is missing")
    assert load_templates(REPOSITORY) == load_templates(REPOSITORY / "docs")


def test_an_installed_packages_templates_come_before_a_folder_beside_it(tmp_path, monkeypatch):
    write(tmp_path, "publisher/templates/a.html", "installed")
    write(tmp_path, "templates/a.html", "somebody else's")
    monkeypatch.setattr(templates, "__file__", str(tmp_path / "publisher/sources/templates.py"))
    assert load_templates(tmp_path / "site") == {"a.html": "installed"}


def test_a_broken_installation_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(templates, "__file__", str(tmp_path / "publisher/sources/templates.py"))
    with pytest.raises(TemplateError, match="install publisher again"):
        load_templates(tmp_path)


def test_one_in_another_encoding_is_named_with_its_line(shipped, site):
    (site / "templates").mkdir()
    (site / "templates/a.html").write_bytes(b"one\ntwo\ncaf\xe9\n")
    with pytest.raises(TemplateError, match=r"templates/a\.html:3: is not UTF-8"):
        load_templates(site)


@pytest.mark.parametrize("kind", ["link", "linked folder", "pipe", "huge"])
def test_one_that_can_not_be_read_is_named(shipped, site, kind):
    path = site / "templates/a.html"
    path.parent.mkdir()
    if kind == "link":
        path.symlink_to("/etc/passwd")
    elif kind == "linked folder":
        path = site / "templates/pages"
        path.symlink_to(shipped / "pages")
    elif kind == "pipe":
        os.mkfifo(path)
    else:
        path.write_bytes(b"x" * (1 << 20) + b"x")
    with pytest.raises(TemplateError, match="can't be read: it ") as caught:
        load_templates(site)
    assert caught.value.path == str(path)
    assert caught.value.mend


def test_a_file_in_place_of_the_folder_is_named(shipped, site):
    write(site, "templates", "a file")
    with pytest.raises(TemplateError, match="Not a directory"):
        load_templates(site)


def test_the_package_is_where_the_tests_think_it_is():
    assert Path(publisher.__file__).parents[1] == REPOSITORY
