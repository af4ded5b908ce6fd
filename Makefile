# `make demo` shows it, `make test` proves it, `make harvest` runs it against the live site.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin

.PHONY: demo harvest extras test month mutations audit lint lock clean

demo: $(VENV)/ready
	$(BIN)/harvest demo

harvest: $(VENV)/ready
	$(BIN)/harvest crawl

# What some verbs need besides: `export --format parquet` and `xlsx`, `mcp`.
extras: $(VENV)/ready-extras

test: lint
	$(BIN)/pytest

# A month of hourly runs against a site that lives on, with its figures at the end; `make test` has it in short.
month: $(VENV)/ready-dev
	$(BIN)/pytest -n 0 -s -m month tests/whole_runs/month

lint: $(VENV)/ready-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# All 20,000 spoiled pages; `make test` reads a part of them.
mutations: $(VENV)/ready-dev
	MUTATIONS=20000 $(BIN)/pytest tests/test_mutations.py

# Whether a locked version is known to be vulnerable. In an environment of its own: docs/decisions/0023-audit.md.
audit:
	@$(PYTHON) -m venv $(VENV)-audit && \
	    { $(VENV)-audit/bin/python -m pip install --quiet --disable-pip-version-check 'pip-audit==2.10.1' || true; } && \
	    $(PYTHON) .ci/audit $(VENV)-audit/bin/pip-audit

# The exact versions with their hashes, for every platform and Python from 3.11 on. Needs `uv` on the PATH.
lock:
	uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 \
	    pyproject.toml -o requirements.lock
	uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 \
	    --extra export --extra mcp -c requirements.lock pyproject.toml -o requirements-extras.lock
	uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 \
	    --extra dev --no-emit-package koreakr-harvester -c requirements-extras.lock pyproject.toml -o requirements-dev.lock

$(VENV)/ready: pyproject.toml requirements.lock
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
	touch $@

$(VENV)/ready-extras: $(VENV)/ready requirements-extras.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-extras.lock
	touch $@

$(VENV)/ready-dev: $(VENV)/ready requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	touch $@

clean:
	rm -rf $(VENV) $(VENV)-audit build dist .mypy_cache .pytest_cache .ruff_cache
