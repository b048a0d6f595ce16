"""The conductor: read the articles, write feeds and pages, open the editions due, deliver them.

Each step is one module here and does one thing with the rooms below; what it did and what went
wrong it writes into the Report. One bad article, feed, edition or recipient never stops the rest.
"""

from publisher.publish.report import Report
from publisher.publish.run import build, run

__all__ = ["Report", "build", "run"]
