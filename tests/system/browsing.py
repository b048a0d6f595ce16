"""A headless Chromium, and the scripts that judge what it shows."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

CHROMIUM = Path("/usr/bin/chromium")
DRIVER = Path("/usr/bin/chromedriver")
AXE = Path(os.environ.get("AXE") or Path.home() / ".cache/publisher-axe/package/axe.min.js")
CHECK = """
const done = arguments[0];
axe.run().then(found => done(found.violations.map(one =>
  one.id + ': ' + one.nodes.map(node => node.html.slice(0, 200)).join(' | '))));
"""


def open_browser(profile: Path):
    """A Chromium of our own with its own profile, which can reach nothing but files."""
    for program in (CHROMIUM, DRIVER):
        if not program.exists():
            pytest.skip(f"Chromium is missing: {program} (Debian: chromium, chromium-driver)")
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = str(CHROMIUM)
    for flag in (
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-dev-shm-usage",
        "--hide-scrollbars",
        "--proxy-server=127.0.0.1:9",
        f"--user-data-dir={profile}",
    ):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    return webdriver.Chrome(options=options, service=webdriver.ChromeService(str(DRIVER)))


def show(browser, url: str, width: int, scheme: str) -> None:
    """Opens a page as wide as a phone or a desk, in a light or a dark colour scheme."""
    browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600},
    )
    browser.execute_cdp_cmd(
        "Emulation.setEmulatedMedia",
        {"features": [{"name": "prefers-color-scheme", "value": scheme}]},
    )
    browser.get(url)


def requests_of(browser) -> list[str]:
    """Every address that was asked for since the last time."""
    told = [json.loads(line["message"])["message"] for line in browser.get_log("performance")]
    return [
        one["params"]["request"]["url"]
        for one in told
        if one["method"] == "Network.requestWillBeSent"
    ]


def complaints(browser) -> list[str]:
    """What axe-core says of the page."""
    if not AXE.is_file():
        pytest.skip("axe-core is missing: .ci/run fetches it, or set AXE to its axe.min.js")
    browser.execute_script(AXE.read_text(encoding="utf-8"))
    return browser.execute_async_script(CHECK)


OVERFLOW = """
// Not innerWidth: a phone widens it to what overflows.
const width = arguments[0];
const wide = document.documentElement.scrollWidth - width;
const out = [...document.querySelectorAll('body *')].filter(e => {
  const box = e.getBoundingClientRect();
  if (!box.width || !box.height || e.closest('pre, .body table, .skip')) return false;
  return box.right > width + 1 || box.left < -1;
});
return wide > 0 ? ['page wider by ' + wide] : out.map(e => e.outerHTML.slice(0, 120));
"""

# WCAG 2.2, 1.4.3: the contrast of each text with the first background behind it that covers.
FAINT = r"""
const parse = s => { const n = s.match(/[\d.]+/g).map(Number); return n.length < 4 ? [...n, 1] : n; };
const light = c => { const f = v => { v /= 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; };
  return 0.2126 * f(c[0]) + 0.7152 * f(c[1]) + 0.0722 * f(c[2]); };
const dark = matchMedia('(prefers-color-scheme: dark)').matches;
const faint = [];
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walker.nextNode()) {
  const node = walker.currentNode, e = node.parentElement;
  if (!node.data.trim() || e.closest('.skip, style') || !e.getClientRects().length) continue;
  if (getComputedStyle(e.closest('div[style*="display:none"]') || e).display === 'none') continue;
  let back = null;
  for (let b = e; b && !back; b = b.parentElement) {
    const colour = parse(getComputedStyle(b).backgroundColor);
    if (colour[3] === 1) back = colour;
  }
  back = back || (dark ? [18, 18, 18, 1] : [255, 255, 255, 1]);
  const text = light(parse(getComputedStyle(e).color)), ground = light(back);
  const ratio = (Math.max(text, ground) + 0.05) / (Math.min(text, ground) + 0.05);
  if (ratio < 4.5) faint.push(ratio.toFixed(2) + ' ' + node.data.trim().slice(0, 60));
}
return faint;
"""
