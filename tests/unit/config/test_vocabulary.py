from __future__ import annotations

import pytest

from publisher.config.vocabulary import add_terms, load_vocabulary
from publisher.errors import ConfigError
from publisher.model import TagKind, Term


def load(folder, text):
    (folder / "tags.toml").write_text(text, encoding="utf-8")
    vocabulary, mistakes = load_vocabulary(folder)
    return vocabulary, [one.removeprefix(f"{folder}/") for one in mistakes]


def test_a_site_needs_none(tmp_path):
    vocabulary, mistakes = load_vocabulary(tmp_path)
    assert not vocabulary.terms
    assert not mistakes


def test_what_can_be_said(tmp_path):
    vocabulary, mistakes = load(
        tmp_path,
        'blocked = ["Thursday"]\n[always]\nWorld = ["abroad"]\n'
        '[tags."Harbour Board"]\nkind = "organisation"\nsynonyms = ["Port Board"]\n'
        '[tags.ferries]\nmedtop = "medtop:20000337"\n',
    )
    assert not mistakes
    assert vocabulary.terms == (
        Term(name="Harbour Board", kind=TagKind.ORGANISATION, synonyms=("Port Board",)),
        Term(name="ferries", medtop="20000337"),
    )
    assert vocabulary.blocked == ("Thursday",)
    assert vocabulary.always == (("World", ("abroad",)),)


def test_every_mistake_in_the_shape_at_once(tmp_path):
    _, mistakes = load(tmp_path, 'blockd = ["A"]\n[tags.B]\nkind = "ship"\nsynonym = ["C"]\n')
    assert len(mistakes) == 3
    assert "tags.toml:1: blockd is no key that we know; did you mean blocked?" in mistakes
    assert any(one.startswith("tags.toml:3: tags.B.kind ") for one in mistakes)
    assert "tags.toml:4: tags.B.synonym is no key that we know; did you mean synonyms?" in mistakes


@pytest.mark.parametrize("told", ['"economy"', "20000337", '"2000033"'])
def test_a_media_topic_is_a_number_written_as_text(tmp_path, told):
    _, mistakes = load(tmp_path, f"[tags.ferries]\nmedtop = {told}\n")
    assert len(mistakes) == 1
    assert mistakes[0].startswith("tags.toml:2: tags.ferries.medtop ")


def test_every_contradiction_at_once(tmp_path):
    _, mistakes = load(
        tmp_path,
        'blocked = ["Gull"]\n[always]\nWorld = ["gull"]\n[tags.Gull]\n[tags.GULL]\n'
        '[tags.Tern]\nsynonyms = ["gull"]\n',
    )
    assert mistakes == [
        "tags.toml:4: tags.Gull is blocked too; take it from one of the two",
        "tags.toml:5: tags.GULL is the same tag as 'Gull'; keep one of them",
        "tags.toml:5: tags.GULL is blocked too; take it from one of the two",
        "tags.toml:7: tags.Tern.synonyms has 'gull', which is 'Gull' already; give it to one of them",
        "tags.toml:3: always.World has 'gull', which is blocked; take it from one",
    ]


def test_no_toml_is_named_with_its_line(tmp_path):
    _, mistakes = load(tmp_path, "[tags\n")
    assert len(mistakes) == 1
    assert "tags.toml:1: is not TOML" in mistakes[0]


def test_more_terms_leave_the_rest_as_it_is(tmp_path):
    before = '# Ours.\n[tags.Gull]  # a bird\nkind = "topic"\n'
    (tmp_path / "tags.toml").write_text(before, encoding="utf-8")
    add_terms(tmp_path, '[tags."Skerry"]\nkind = "place"\n')
    after = (tmp_path / "tags.toml").read_text(encoding="utf-8")
    assert after.startswith(before)
    assert [term.name for term in load_vocabulary(tmp_path)[0].terms] == ["Gull", "Skerry"]
    with pytest.raises(ConfigError):
        add_terms(tmp_path, "[tags.Gull]\n")
    assert (tmp_path / "tags.toml").read_text(encoding="utf-8") == after
