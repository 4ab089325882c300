# Lòng Dân. `make demo` and `make test` need Python 3.11 or newer and make, nothing else.
SHELL := /bin/sh
PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin

.PHONY: help env env-dev browser demo test test-fast test-slow check fix bench bench-citizen bench-first-load bench-servers bench-import bench-frames bench-statistics bench-sampling bench-results bench-exports bench-overload bench-posters chaos lock oracles translations clean

help: ## list the targets
	@grep -E '^[a-z-]+:.*## ' Makefile | sed -E 's/:.*## /\t/' | expand -t 18

env: ## environment to run the program
	@$(PYTHON) tools/environment.py

env-dev: ## environment with test tools
	@$(PYTHON) tools/environment.py --dev

browser: env-dev
	@$(BIN)/python tools/browser.py

demo: env ## demo province, main job, site on http://127.0.0.1:8000 (PORT=… to change)
	@PORT=$(PORT) $(BIN)/python -m app.demo

test: env-dev browser ## all tests, on a real PostgreSQL and in a browser
	@$(BIN)/python -m pytest -q -n 2 --dist loadfile --no-loadscope-reorder -m "not slow"

test-slow: env-dev ## simulation studies
	@$(BIN)/python -m pytest -q -m slow

check: env-dev ## format, lint, types, import rules, architecture tests
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m pytest -q tests/architecture

fix: env-dev ## format and mend what can be mended
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

bench: bench-citizen bench-first-load bench-servers bench-import bench-frames bench-statistics bench-sampling bench-results bench-exports bench-overload bench-posters ## all benchmarks, as ratios measured in one run

bench-citizen: env-dev ## citizens' journeys per second against a lean page
	@$(BIN)/python -m bench.citizen

bench-first-load: env-dev browser ## bytes and first paint of citizens' pages on a slow line
	@$(BIN)/python -m bench.first_load

bench-import: env-dev ## import of 100,000 sampled rows against a bare COPY
	@$(BIN)/python -m bench.imports

bench-frames: env-dev ## a frame of 1,000,000 dossiers from .csv, .xlsx and 60 workbooks
	@$(BIN)/python -m bench.frames

bench-statistics: env-dev ## estimates from 10 million rows against a bare group-by, and R
	@$(BIN)/python -m bench.statistics

bench-sampling: env-dev ## draws from a frame of a million against a bare permutation
	@$(BIN)/python -m bench.sampling

bench-results: env-dev ## published rows from a snapshot of 1,000,000 answers against a bare group-by
	@$(BIN)/python -m bench.results

bench-exports: env-dev ## files of a million weighted answers, with peak memory
	@$(BIN)/python -m bench.exports

bench-posters: env-dev ## sheets with QR codes of a whole province in one file
	@$(BIN)/python -m bench.posters

bench-overload: env-dev ## five times as many answers as can be served
	@$(BIN)/python -m bench.overload

chaos: env-dev ## answers while processes are killed, a full disk, reloads, and controls that must fail (N=… for fewer)
	@$(BIN)/python -m bench.chaos

bench-servers: env-dev ## WSGI servers and their counts, and how they stop
	@$(BIN)/python -m bench.wsgi_servers

lock: env-dev ## compile requirements*.in to hashed requirements*.txt
	@$(BIN)/python tools/lock.py

oracles: ## recompute the figures of R that the tests compare with
	@sh tests/analysis/oracles/run.sh
	@for script in tests/surveys/sampling/oracles/*.R; do Rscript $$script tests/surveys/sampling/oracles || exit 1; done

translations: env-dev ## collect messages and compile catalogues
	@$(BIN)/python tools/translations.py

clean: ## remove the environment and everything the program wrote
	rm -rf $(VENV) var
