# Two commands: `make run` serves Anju with a demo city; `make test` sets up and runs every test.
# Needs git, make and Python 3.11 or newer. Everything else is set up below, each step once.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8000
WORKERS ?= 2
KILLS ?= 100
STAMPS := $(VENV)/stamps
ASSET_SOURCES := $(shell find webapp/assets -path webapp/assets/node_modules -prune -o -path webapp/assets/src/gen -prune -o -type f -print)
MESSAGES := webapp/translations/zh_Hant_TW/LC_MESSAGES/messages

.PHONY: run setup test check chaos screenshots lock clean help

run: setup ## serve Anju with its scheduler and a demo city at http://127.0.0.1:8000
	@$(BIN)/anju serve --demo --port $(PORT)

setup: $(STAMPS)/run $(STAMPS)/assets $(MESSAGES).mo ## set up what serving needs

test: setup $(STAMPS)/test $(STAMPS)/browser ## run every test (PostgreSQL and Chromium included)
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder -q

check: $(STAMPS)/test ## style and types only
	$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy
	$(BIN)/djlint webapp/templates --profile=jinja --lint --quiet

chaos: setup $(STAMPS)/test ## kill, cut off and fill up both databases a hundred times (minutes)
	@$(BIN)/anju chaos --db sqlite --kills $(KILLS)
	@$(BIN)/anju chaos --db postgres --kills $(KILLS)
	@$(BIN)/anju chaos --db sqlite --kills 10 --sabotage all; test $$? -eq 1
	@$(BIN)/anju chaos --db postgres --kills 10 --sabotage all; test $$? -eq 1

screenshots: setup $(STAMPS)/test $(STAMPS)/browser ## make docs/screenshots anew
	@$(BIN)/python tools/screenshots.py

lock: ## pin the dependencies of setup.cfg anew
	$(BIN)/pip-compile -q --generate-hashes --allow-unsafe --strip-extras --no-emit-index-url --no-emit-find-links \
		--extra assets -o requirements/run.txt setup.cfg
	$(BIN)/pip-compile -q --generate-hashes --allow-unsafe --strip-extras --no-emit-index-url --no-emit-find-links \
		--extra assets --extra dev -c requirements/run.txt -o requirements/test.txt setup.cfg

clean: ## remove what was set up and the demo city
	rm -rf $(VENV) var webapp/static/dist housing/letters/fonts webapp/assets/node_modules webapp/assets/src/gen $(MESSAGES).mo

help: ## say what each command does
	@grep -hE '^[a-z]+:.*##' Makefile | sed 's/:.*##/\t/'

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Anju needs Python 3.11 or newer; this is $$($(PYTHON) --version). Set PYTHON=/path/to/python3.11"; exit 1; }
	@echo "Setting up $(VENV) ..."
	@$(PYTHON) -m venv $(VENV) \
		|| { echo "The venv module is missing: install it (Debian and Ubuntu: apt install python3-venv)"; exit 1; }

$(STAMPS)/run: requirements/run.txt setup.cfg | $(BIN)/python
	@echo "Installing the pinned packages ..."
	@$(BIN)/python -m pip install -q --disable-pip-version-check -r requirements/run.txt
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/test: requirements/test.txt $(STAMPS)/run
	@echo "Installing what the tests need ..."
	@$(BIN)/python -m pip install -q --disable-pip-version-check -r requirements/test.txt
	@touch $@

$(STAMPS)/browser: tools/browser.sh $(STAMPS)/test
	@sh tools/browser.sh $(BIN)
	@touch $@

$(STAMPS)/assets: $(ASSET_SOURCES) $(STAMPS)/run
	@echo "Building the browser assets ..."
	@cd webapp/assets && PATH="$(CURDIR)/$(BIN):$$PATH" npm ci --ignore-scripts --no-audit --no-fund --silent \
		&& PATH="$(CURDIR)/$(BIN):$$PATH" npm run build --silent
	@touch $@

$(MESSAGES).mo: $(MESSAGES).po $(STAMPS)/run
	@$(BIN)/pybabel -q compile -d webapp/translations
