"""How soon a changed article shows in the preview, in Chromium, on the sample publication.

    python -m bench.preview [--times 20] [--out bench-preview.json]

Writes the article with another headline each time, and counts from there until the page says it.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from pathlib import Path

from tests.system.browsing import open_browser
from tests.system.previewing import copy_sample, previewing

ARTICLE = "winter-ferry-to-skerry.txt"
ASK = """
const [words, done] = arguments;
const see = () => document.querySelector('h1').innerText === words;
const watch = new MutationObserver(() => { if (see()) { watch.disconnect(); done(Date.now()); } });
watch.observe(document.body, {subtree: true, childList: true, characterData: true});
if (see()) { watch.disconnect(); done(Date.now()); }
"""


def main() -> None:
    """Measure, and say so."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        site = copy_sample(Path(folder) / "site")
        browser = open_browser(Path(folder) / "profile")
        try:
            with previewing(site) as preview:
                seconds = sorted(
                    _measure(browser, preview, site / "articles" / ARTICLE, options.times)
                )
        finally:
            browser.quit()
    told = {
        "times": len(seconds),
        "median": round(statistics.median(seconds), 3),
        "longest": round(seconds[-1], 3),
    }
    print(json.dumps(told))
    if options.out:
        options.out.write_text(json.dumps(told | {"seconds": seconds}, indent=2), encoding="utf-8")


def _measure(browser, preview, article, times):
    before = article.read_text(encoding="utf-8")
    browser.get(f"{preview.base}/articles/{ARTICLE}")
    title = browser.find_element("tag name", "h1").text
    for number in range(times):
        time.sleep(1 + number % 7 / 20)  # at any moment between two looks
        words = f"Headline number {number}"
        article.write_text(before.replace(title, words, 1), encoding="utf-8")
        began = time.time()
        yield browser.execute_async_script(ASK, words) / 1000 - began


if __name__ == "__main__":
    main()
