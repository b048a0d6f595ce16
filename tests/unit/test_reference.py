"""docs/commands.md and docs/configuration.md are what the program says of itself."""

from docs.reference import DOCS, PAGES


def test_the_reference_is_as_the_program_has_it():
    for name, make in PAGES.items():
        assert (DOCS / name).read_text(encoding="utf-8") == make(), "make docs"
