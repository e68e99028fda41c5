# Needs make and python3 (3.11 or newer); uses uv when it is there. Everything goes into .venv.
.DEFAULT_GOAL := help
.PHONY: help setup run test lint bench fuzz kills dictionary lock clean

VENV := .venv
BENCH := .venv-bench
PYTHON := python3
STAMP := $(VENV)/.setup-done
UV := $(shell command -v uv 2>/dev/null)

help: ## show this list
	@grep -E '^[a-z]+:.*##' Makefile | sed -E 's/:[^#]*##/\t/'

setup: $(STAMP) ## make the virtual environment from requirements.lock

# --require-hashes: what is installed is what was locked, byte for byte; --no-deps: the lock is complete
$(STAMP): requirements.lock pyproject.toml
ifneq ($(UV),)
	@test -x $(VENV)/bin/python || $(UV) venv --quiet --python '>=3.11' $(VENV)
	$(UV) pip sync --quiet --python $(VENV)/bin/python --compile-bytecode --require-hashes requirements.lock
	$(UV) pip install --quiet --python $(VENV)/bin/python --no-deps --no-build-isolation -e .
else
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "需要 Python 3.11 以上 / Python 3.11 or newer is needed: $$($(PYTHON) --version)" >&2; exit 1; }
	@test -x $(VENV)/bin/pip || $(PYTHON) -m venv $(VENV)
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes \
		-r requirements.lock
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
endif
	@touch $(STAMP)

run: setup ## ingest the landing folder (the sample reports when none is configured)
	$(VENV)/bin/zhengbao run

test: setup ## run the tests
	$(VENV)/bin/python -m pytest -n auto --dist worksteal

lint: setup ## formatting, lint and types
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/ruff check .
	$(VENV)/bin/mypy

bench: setup ## characters a second, seconds a question, of the gates and of the pages; TEXTS=folder takes further reports, JSON=file writes the figures
	@$(MAKE) --silent $(BENCH)/.setup-done >/dev/null 2>&1 || true
	$(VENV)/bin/python tests/bench.py $(TEXTS) $(if $(JSON),--json $(JSON)) \
		$(if $(OBSERVATIONS),--observations $(OBSERVATIONS)) --peer $(BENCH)/bin/python
	$(VENV)/bin/python tests/bench_gates.py
	$(VENV)/bin/python tests/bench_pages.py

# what the extraction is compared with has an environment of its own; without it the rest is measured all the same
$(BENCH)/.setup-done: requirements-bench.lock
	rm -rf $(BENCH)
ifneq ($(UV),)
	$(UV) venv --quiet --python '>=3.11' $(BENCH)
	$(UV) pip sync --quiet --python $(BENCH)/bin/python --compile-bytecode --require-hashes requirements-bench.lock
else
	$(PYTHON) -m venv $(BENCH)
	$(BENCH)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes \
		-r requirements-bench.lock
endif
	@touch $@

fuzz: setup ## broken and hostile inputs, a hundred thousand; INPUTS=n for another number, SEED=n to repeat a run
	$(VENV)/bin/python tests/fuzz.py $(if $(INPUTS),--inputs $(INPUTS)) $(if $(SEED),--seed $(SEED))

kills: setup ## kill -9 at two hundred random moments of runs with fifty reports; KILLS=n for another number, SEED=n
	$(VENV)/bin/python tests/kills.py $(if $(KILLS),--kills $(KILLS)) $(if $(SEED),--seed $(SEED))

dictionary: setup ## write docs/data-dictionary.md anew from the comments in the warehouse
	$(VENV)/bin/python -m warehouse.dictionary > docs/data-dictionary.md.new
	mv docs/data-dictionary.md.new docs/data-dictionary.md

lock: ## recompile the requirements*.lock (needs uv)
	uv pip compile -q pyproject.toml --extra dev --extra s3 --extra http --generate-hashes --no-emit-index-url --python-version 3.11 \
		--universal -o requirements.lock
	$(PYTHON) -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["project"]["optional-dependencies"]["bench"], sep="\n")' | \
		uv pip compile -q - --generate-hashes --no-emit-index-url --python-version 3.11 --universal \
		--custom-compile-command "make lock" -o requirements-bench.lock

clean: ## remove the virtual environment and caches; data is left alone
	rm -rf $(VENV) $(BENCH) .mypy_cache .pytest_cache .ruff_cache
