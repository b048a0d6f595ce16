"""The conductor: read the articles, write feeds and pages, open the editions due, deliver them.

Each step is one module here and does one thing with the rooms below; what it did and what went
wrong it writes into the Report. One bad article, feed, edition or recipient never stops the rest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from publisher.late import late

if TYPE_CHECKING:
    from publisher.publish.conduct import build, run
    from publisher.publish.report import Places, Report

__all__ = ["Places", "Report", "build", "run"]

__getattr__ = late(__name__, {"conduct": "build run", "report": "Places Report"})
