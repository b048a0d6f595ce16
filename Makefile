# The two commands of the README are `make run` and `make test`; the rest is for who works on it.
# Needs nothing but Python 3.11+ and make. PYTHON=python3.12 chooses another interpreter.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PUBLISHER := $(BIN)/python -m publisher

.PHONY: run test quick lint types fuzz wheel-test docs links messages lock audit coverage clean

run: $(VENV)/run.stamp
	@$(PUBLISHER) subscribers import subscribers.csv
	@$(PUBLISHER) run

test: $(VENV)/dev.stamp lint types
	$(BIN)/python -m pytest -n 2

# Each room by itself, and the sample and the seed story the whole way; what else is in tests/system
# runs the whole program, and takes its time.
QUICK := tests/unit tests/fuzz tests/system/test_sample.py tests/system/test_seed_story.py
quick: $(VENV)/dev.stamp
	$(BIN)/python -m pytest -n 2 -m "not slow" $(QUICK)

lint: $(VENV)/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: $(VENV)/dev.stamp
	$(BIN)/mypy

# atheris has wheels for Linux alone and is for this alone, so it stands in no lock file.
# FUZZ="tokens addresses --seconds 60" chooses; tests/fuzz/run.py says more.
FUZZ ?= --runs 100000
fuzz: $(VENV)/dev.stamp
	$(BIN)/python -c "import atheris" 2>/dev/null || $(BIN)/python -m pip install --quiet "atheris>=3,<4"
	$(BIN)/python -m tests.fuzz.run $(FUZZ)

# Branches of what must not lose a message or a slot. It is for this alone, so it stands in no lock file.
COVERED := tests/unit/delivery tests/unit/storage tests/unit/timetable \
  tests/system/test_smtp.py tests/system/test_kills.py tests/system/test_run.py tests/system/test_restore.py \
  tests/system/test_dkim.py tests/system/test_workers.py tests/system/test_destinations.py
coverage: $(VENV)/dev.stamp
	@$(BIN)/python -c "import coverage" 2>/dev/null || $(BIN)/python -m pip install --quiet "coverage>=7.10,<8"
	@rm -rf build/coverage && mkdir -p build/coverage
	nice $(BIN)/python -m coverage run -m pytest -q $(COVERED)
	@$(BIN)/python -m coverage combine --quiet
	@$(BIN)/python -m coverage report --fail-under=95

wheel-test: $(VENV)/dev.stamp
	PYTHON=$(BIN)/python sh tests/wheel.sh

# The pages of docs/ as a site in build/docs; a link that leads nowhere is an error.
docs: $(VENV)/dev.stamp
	$(BIN)/python -m docs.reference
	$(BIN)/python -m sphinx -q -W --keep-going -b html docs build/docs
	@echo "Look at build/docs/index.html"

# Whether the addresses of the internet that the pages name still answer. It needs a network, so it is no test.
links: $(VENV)/dev.stamp
	$(BIN)/python -m sphinx -q -b linkcheck docs build/links

# Gathers what is to be translated, and compiles what is. Fill in what publisher.po lacks, run again.
MESSAGES := publisher/pages/locale
messages: $(VENV)/dev.stamp
	$(BIN)/pybabel -q extract -F pyproject.toml -k text -k count:1,2 --no-location --sort-output \
	  --project publisher -o $(VENV)/publisher.pot .
	$(BIN)/pybabel -q update -D publisher -i $(VENV)/publisher.pot -d $(MESSAGES) \
	  --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date
	$(BIN)/pybabel compile -D publisher -d $(MESSAGES) --statistics

# Both lock files carry hashes and name no index: pip takes its own, whichever that is.
lock:
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header \
	  --no-annotate --quiet pyproject.toml -o requirements/run.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header \
	  --no-annotate --quiet pyproject.toml --group dev --extra postgresql --extra rst \
	  -c requirements/run.txt -o requirements/dev.txt
	$(PYTHON) requirements/sbom.py

# Whether a hole is known in what the lock files name. It needs a network, so it is no test; 75 if there is none.
audit: | $(VENV)/bin/python
	@test -x build/audit/bin/pip-audit || { $(BIN)/python -m venv build/audit && \
	  build/audit/bin/python -m pip install --quiet --disable-pip-version-check "pip-audit>=2.9,<3"; }
	@build/audit/bin/python requirements/audit.py

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "publisher needs Python 3.11 or newer; this is " + sys.version.split()[0])'
	$(PYTHON) -m venv $(VENV)

$(VENV)/run.stamp: requirements/run.txt | $(VENV)/bin/python
	@echo "Setting up $(VENV) (once) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/run.txt
	@touch $@

$(VENV)/dev.stamp: requirements/dev.txt | $(VENV)/bin/python
	@echo "Setting up $(VENV) for the tests (once) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@ $(VENV)/run.stamp

clean:
	rm -rf $(VENV) .fuzz publisher.db* publisher.key publisher.lock publisher.seen outbox feeds/editions dist build
