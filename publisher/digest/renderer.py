"""A newsletter's templates, compiled once, filled in for each segment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from publisher.digest.lines import columns, subject_line, wrap
from publisher.digest.markup import compile_apart, compile_mjml
from publisher.digest.views import ItemView, make_context, make_preheader, view_item
from publisher.errors import TemplateError
from publisher.model import Entry, Frequency, Newsletter, Publication, Rendered, Restyled
from publisher.pages.environment import FOLDER, Templates


class Digest:
    """Renders newsletters with the templates `digest/NAME.mjml`, `.txt` and `.subject.txt`.

    `templates` maps names to sources. Where NAME has no text or subject of its own, those of
    "digest" serve; `files` says which make the parts and the subject. Compiling happens here,
    once, so make one and render every segment with it; raises TemplateError if a template is
    missing or can't be compiled.
    """

    def __init__(self, templates: Mapping[str, str], name: str = "digest") -> None:
        self._html = f"digest/{name}.mjml"
        self._text = _first(templates, f"digest/{name}.txt", "digest/digest.txt")
        self._subject = _first(templates, f"digest/{name}.subject.txt", "digest/subject.txt")
        for needed in (self._html, self._text, self._subject):
            if needed not in templates:
                raise TemplateError(
                    f"the newsletter template {name!r} is not there",
                    mend="put the file there, or name another template in publisher.toml",
                    path=FOLDER + needed,
                )
        # The operator's own lines are checked first: the compiled ones are somewhere else.
        Templates(templates).check(self._html, templates[self._html])
        apart = isinstance(templates, Restyled) and self._html in templates.own
        compiled = (compile_apart if apart else compile_mjml)(
            templates[self._html], FOLDER + self._html
        )
        self._templates = Templates(
            templates,
            compiled={self._html: compiled},
            filters={"wrap": wrap, "underline": _underline},
        )
        self.files = {"text/html": self._html, "text/plain": self._text, "Subject": self._subject}
        self._viewed: dict[tuple[int, str], tuple[Entry, ItemView]] = {}
        self._viewed_for: tuple[Newsletter, Publication] | None = None

    def render(
        self,
        newsletter: Newsletter,
        entries: Sequence[Entry],
        *,
        slot: datetime,
        publication: Publication,
        archive: str,
        more: int = 0,
        rhythm: Frequency = Frequency.AS_SCHEDULED,
        language: str = "",
    ) -> Rendered:
        """What a newsletter says to one segment at a slot.

        `archive` is the absolute address of the edition's public page; `more` how many entries
        were left out because of the limit; `rhythm` how often these readers are written to.
        The program's own words and dates are in `language`, if it is another than the newsletter's.
        Where recipients differ stands a `Mark`. Raises TemplateError if a template fails.
        """
        speaks = language or newsletter.language
        context = make_context(
            newsletter,
            self._view(newsletter, publication, entries, speaks),
            slot=slot,
            publication=publication,
            archive=archive,
            more=more,
            rhythm=rhythm,
            language=speaks,
        )
        subject = subject_line(
            self._templates.render(self._subject, context, speaks), newsletter.title
        )
        preheader = make_preheader(entries)
        context |= {"subject": subject, "preheader": preheader}
        text = self._templates.render(self._text, context, speaks)
        return Rendered(
            subject=subject,
            preheader=preheader,
            html=self._templates.render(self._html, context, speaks),
            text="\n".join(line.rstrip() for line in text.strip().split("\n")) + "\n",
            language=language,
        )

    def _view(
        self,
        newsletter: Newsletter,
        publication: Publication,
        entries: Sequence[Entry],
        language: str,
    ) -> tuple[ItemView, ...]:
        """Entries as the templates see them, each looked at once however many segments have it."""
        if self._viewed_for != (newsletter, publication):
            self._viewed, self._viewed_for = {}, (newsletter, publication)
        views = []
        for entry in entries:
            known = self._viewed.get((id(entry), language))
            if known is None or known[0] is not entry:
                known = self._viewed[id(entry), language] = (
                    entry,
                    view_item(entry, newsletter, publication, language),
                )
            views.append(known[1])
        return tuple(views)


def _first(templates: Mapping[str, str], wanted: str, otherwise: str) -> str:
    return wanted if wanted in templates else otherwise


def _underline(text: str, sign: str = "=") -> str:
    """A line of signs as long as the text above it."""
    return sign * min(columns(text), 72)
