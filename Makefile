# Kunnskap. Needs Python 3.11 or newer and make; the rest is fetched into .venv/ and node_modules/.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
FLASK := $(BIN)/flask --app app
PYTEST := $(BIN)/pytest -n 2 --dist=loadgroup
# The machine's own Node where it is new enough, otherwise the one that came with pip.
FIND_NODE := node -e 'process.exit(parseInt(process.versions.node) >= 20 ? 0 : 1)' 2>/dev/null \
	&& command -v npm >/dev/null || export PATH="$(CURDIR)/$(BIN):$$PATH"
FRONT := $(wildcard front/* static/css/*.css static/js/*.js static/img/*)
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard kunnskap/translations/*/LC_MESSAGES/messages.po))
BUILT := $(VENV)/.installed static/dist/manifest.json $(CATALOGUES)

.DEFAULT_GOAL := help
.PHONY: help run build test check lint fix audit lock seed backup bench migration catalogues
.DELETE_ON_ERROR:

help:  ## What can be made here
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(BUILT)  ## Build what is missing and serve the site, with demonstration content, on http://127.0.0.1:5000
	@KUNNSKAP_DEMO="$${KUNNSKAP_DEMO:-yes}" KUNNSKAP_WORKER="$${KUNNSKAP_WORKER:-yes}" exec $(FLASK) serve

build: $(BUILT)  ## Only build: packages, front end, translations

test: $(VENV)/.installed-dev $(BUILT)  ## Run all tests on PostgreSQL and on SQLite, and those that need a browser
	KUNNSKAP_TEST_DATABASE=postgresql $(PYTEST) --ignore tests/unit --ignore tests/browser
	$(PYTEST)

check: lint test  ## Everything that must hold before a change is handed in: linters, types, contracts and tests

lint: $(VENV)/.installed-dev $(CATALOGUES)  ## The checks that need no tests to run
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint templates --check --lint --quiet

fix: $(VENV)/.installed-dev  ## Let the tools put right what they can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	-$(BIN)/djlint templates --reformat --quiet

audit: $(VENV)/.installed-dev  ## Ask whether a package has a known weakness, where the network allows
	@$(BIN)/python .ci/audit.py

lock: $(VENV)/.installed-dev  ## Choose new versions of every package: requirements*.txt and package-lock.json
	$(COMPILE) --output-file requirements.txt requirements.in
	$(COMPILE) --output-file requirements-dev.txt requirements-dev.in
	@$(FIND_NODE); npm update --package-lock-only
COMPILE := CUSTOM_COMPILE_COMMAND='make lock' $(BIN)/pip-compile --upgrade --quiet --generate-hashes --allow-unsafe \
	--strip-extras --no-emit-index-url --no-emit-trusted-host --no-emit-find-links

seed: $(BUILT)  ## Fill the database: tables, reference data, demonstration content, search index
	$(FLASK) migrate
	$(FLASK) load-reference
	$(FLASK) load-demo
	$(FLASK) rebuild-search

backup: $(VENV)/.installed  ## Copy database, files and secret key to backups/ while the site runs
	$(FLASK) backup backups

bench: $(VENV)/.installed-dev $(BUILT)  ## Measure pages beside bare Flask, and search beside FTS5 and tantivy
	@for one in importing pages search; do echo "== bench.$$one"; $(BIN)/python -m bench.$$one || exit 1; done

migration: $(VENV)/.installed-dev  ## Write a migration from what changed in the models: make migration m="what changes"
	@test -n "$(m)" || { echo 'Say what changes: make migration m="what changes"'; exit 2; }
	@export KUNNSKAP_INSTANCE=$$(mktemp -d) && trap 'rm -r "$$KUNNSKAP_INSTANCE"' EXIT && unset KUNNSKAP_DATABASE_URL \
		&& $(BIN)/alembic upgrade head && $(BIN)/alembic revision --autogenerate -m "$(m)"
	@$(BIN)/ruff check --quiet --fix kunnskap/migrations; $(BIN)/ruff format --quiet kunnskap/migrations

catalogues: $(VENV)/.installed  ## Gather what people read into kunnskap/translations/ for translation
	@mkdir -p kunnskap/translations
	$(BIN)/pybabel -q extract -F pyproject.toml -k _l -k mark -k say --no-location --sort-output \
		--project Kunnskap --copyright-holder "Kunnskap contributors" -o kunnskap/translations/messages.pot .
	@for language in nn en; do \
		if [ -f kunnskap/translations/$$language/LC_MESSAGES/messages.po ]; then do="update -N"; else do=init; fi; \
		$(BIN)/pybabel -q $$do -i kunnskap/translations/messages.pot -d kunnskap/translations -l $$language || exit 1; done

# What the targets above stand on. Each is made again only when what it is made from has changed.

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Kunnskap needs Python 3.11 or newer: make PYTHON=/path/to/python3.11 run"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
		|| { echo "Python cannot make virtual environments here. On Debian: apt-get install python3-venv"; exit 1; }
	$(PYTHON) -m venv $(VENV)

# The locks name every package, so nothing is to be resolved (and nothing newer looked at) when they are installed.
$(VENV)/.installed: requirements.txt | $(BIN)/python
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.txt
	@touch $@

$(VENV)/.installed-dev: requirements-dev.txt $(VENV)/.installed
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-dev.txt
	@touch $@

node_modules/.package-lock.json: package.json package-lock.json | $(VENV)/.installed
	@$(FIND_NODE); npm ci --silent
	@touch $@

static/dist/manifest.json: $(FRONT) node_modules/.package-lock.json
	@$(FIND_NODE); npm run --silent build

%.mo: %.po | $(VENV)/.installed
	$(BIN)/pybabel -q compile -i $< -o $@
