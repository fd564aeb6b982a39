PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: help setup setup-dev demo run test check attack hotspots train-words words pins
help:            ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 14

setup: .venv/.ready            ## .venv with the shiftpulse command in it
setup-dev: .venv/.ready-dev    ## the same, with what the tests need

.venv/.ready: requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Shiftpulse needs Python 3.11 or newer: make setup PYTHON=/path/to/python3.11"; exit 1; }
	@echo "Setting up .venv (a minute or two the first time)"
	@$(PYTHON) -m venv .venv
	@$(PIP) install --require-hashes -r requirements.txt
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

.venv/.ready-dev: .venv/.ready requirements-dev.txt
	@echo "Adding what the tests need"
	@$(PIP) install --require-hashes -r requirements-dev.txt
	@touch $@

demo: setup      ## twenty simulated weeks through the real bot, no Telegram account needed
	@$(BIN)/shiftpulse demo

run: setup       ## the bot, with the settings in .env
	@$(BIN)/shiftpulse migrate
	@$(BIN)/shiftpulse run

check: setup-dev ## lint, types, import contracts
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache

test: check      ## everything: check, then the tests
	@$(BIN)/python -m pytest -q -n auto --dist loadfile --no-loadscope-reorder

attack: setup-dev ## every attack on what is published, and docs/attacks.md: minutes
	@$(BIN)/python -m benchmarks.attack
	@EVERY_DEATH=1 $(BIN)/python -m pytest -q tests/privacy/test_boot_matrix.py

hotspots: setup-dev ## how often hotspots are wrong and how late they are right: docs/hotspots-table.md, minutes
	@$(BIN)/python -m benchmarks.hotspots

train-words: setup-dev ## learn the weights that read comments, from our texts and those in DATA=folder: minutes
	@test -n "$(DATA)" || { echo "Say where the labelled texts are: make train-words DATA=folder (benchmarks/README.md says which)"; exit 1; }
	@$(BIN)/python -m benchmarks.voices.train --data $(DATA)

words: setup-dev ## how well and how fast comments are read: docs/comments-table.md, minutes (DATA=folder)
	@test -n "$(DATA)" || { echo "Say where the labelled texts are: make words DATA=folder (benchmarks/README.md says which)"; exit 1; }
	@$(BIN)/python -m benchmarks.words --data $(DATA)

pins:            ## refresh the pinned dependencies (needs uv)
	uv pip compile pyproject.toml --extra build --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url -o requirements.txt
	uv pip compile pyproject.toml --extra build --extra dev --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url -c requirements.txt -o requirements-dev.txt
