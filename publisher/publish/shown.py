"""What was found in articles, under the paths by which their operator knows them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from publisher.config import Site
from publisher.errors import ArticleError
from publisher.model import Finding

# Of what came from somebody's feed. No article's path: names that begin with _ are not looked at.
REMOTE = "_sources"


def shown_findings(findings: Iterable[Finding], path: str, site: Site) -> list[Finding]:
    """What was found in the article at this path, or in what it names."""
    return [replace(one, path=shown_path(site, one.path or path)) for one in findings]


def shown_error(error: ArticleError, site: Site, *, kept: bool) -> ArticleError:
    """The same error with the path as the operator sees it."""
    what = error.what + ("; its last good version stays published" if kept else "")
    return ArticleError(what, mend=error.mend, path=shown_path(site, error.path), line=error.line)


def shown_path(site: Site, path: str) -> str:
    if is_remote(path):
        _, name, file = path.split("/")
        return f"sources.{name}: {file.removesuffix('.html')}"
    return f"{site.settings.articles.folder}/{path}"


def is_remote(path: str) -> bool:
    """Whether an article came from somebody's feed."""
    return path.startswith(f"{REMOTE}/")
