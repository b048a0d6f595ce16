#!/bin/sh
# Builds the wheel and publishes the sample with it from an environment that has no source tree.
set -eu
python=${PYTHON:-python3}
root=$(cd "$(dirname "$0")/.." && pwd)
case $python in */*) python=$root/$python ;; esac
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"$python" -m pip wheel --quiet --no-deps --no-build-isolation --wheel-dir "$work/dist" "$root"
"$python" -m venv "$work/venv"
"$work/venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes \
  -r "$root/requirements/run.txt"
"$work/venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps \
  "$work"/dist/publisher-*.whl

# What the bill of materials in the wheel names is what was installed, but for other systems' packages.
"$work/venv/bin/python" - <<'END'
import json
from importlib.metadata import PackageNotFoundError, files, version

(path,) = (one for one in files("publisher") if "sboms" in one.parts)
assert path.parts[0].endswith(".dist-info"), path
bill = json.loads(path.read_text(encoding="utf-8"))
assert bill["metadata"]["component"]["version"] == version("publisher")
for one in bill["components"]:
    try:
        assert version(one["name"]) == one["version"], one
    except PackageNotFoundError:
        assert one.get("properties"), one
print(f"wheel: its bill of materials names {len(bill['components'])} packages, as installed")
END

mkdir "$work/site"
cp -r "$root/articles" "$root/publisher.toml" "$root/subscribers.csv" "$work/site"
cd "$work/site"
"$work/venv/bin/publisher" --version
"$work/venv/bin/publisher" subscribers import subscribers.csv
"$work/venv/bin/publisher" run
# The committed feeds were made from the source tree: the wheel must make the same bytes.
diff -r -x editions "$root/feeds" feeds
test "$(ls outbox | wc -l)" -ge 3
echo "wheel: the sample is published from the wheel alone, with the same bytes"
