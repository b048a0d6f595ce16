"""Looks up what both lock files name in databases of known holes (`make audit`).

Ends with 0 if nothing is known, 1 if something is, 75 if no database could be reached: then nothing
was compared.
"""

import json
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
SERVICES = ("pypi", "osv")  # the second where the first can't be reached
UNREACHED = 75


def ask(service: str) -> list[dict[str, object]] | str:
    """The packages with what is known of each, or why the service said nothing."""
    words = [sys.executable, "-m", "pip_audit", "--require-hashes", "--disable-pip", "-f", "json"]
    words += ["--progress-spinner", "off", "--timeout", "15", "-s", service]
    for name in ("run.txt", "dev.txt"):
        words += ["-r", str(HERE / name)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    try:
        told: list[dict[str, object]] = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError):
        lines = done.stderr.strip().splitlines() or [f"it ended with {done.returncode}"]
        return lines[-1].strip()[:200]
    # A mirror of packages alone answers too, and knows nothing of any of them.
    return told if any("skip_reason" not in one for one in told) else "it knows no package of ours"


def main() -> int:
    """Asks one service after the other until one answers."""
    for service in SERVICES:
        told = ask(service)
        if not isinstance(told, str):
            return tell(service, told)
        print(f"{service} can't be asked: {told}", file=sys.stderr)
    print("No service could be reached: NOTHING was compared.", file=sys.stderr)
    return UNREACHED


def tell(service: str, packages: list[dict[str, object]]) -> int:
    """Prints what is known of each package once; gives the exit code."""
    found = {
        f"{one['name']} {one['version']}: {hole['id']}, mended in "
        f"{', '.join(hole['fix_versions']) or 'no version yet'}"
        for one in packages
        for hole in one.get("vulns", ())
    }
    for line in sorted(found):
        print(line)
    for one in packages:
        if "skip_reason" in one:
            print(f"{one['name']} was not looked up: {one['skip_reason']}", file=sys.stderr)
    names = {one["name"] for one in packages if "skip_reason" not in one}
    print(f"{len(names)} packages looked up at {service}: {len(found)} known holes")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
