# Needs make and python3 (3.11 or newer); uses uv when it is there. Everything goes into .venv.
.DEFAULT_GOAL := help
.PHONY: help setup compile fresh run test lint bench benchmarks fuzz kills dictionary lock clean

VENV := .venv
BENCH := .venv-bench
PYTHON := python3
STAMP := $(VENV)/.setup-done
SCRATCH := build/compiled
FIGURES := build/bench
REPORTS := 100 1000 10000
KNOWN := 20000
LOADED := 100000
GATED := 5600
PAGED := 5000
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

compile: fresh ## compile the reader to C, about twice as fast; needs a C compiler
	@$(MAKE) --silent transforms/native__mypyc$$($(VENV)/bin/python -c 'from flows.compiled import SUFFIX; print(SUFFIX)')

# Made in a folder of its own and moved when whole. As old as the beginning: a source edited meanwhile is newer.
transforms/native__mypyc.%: setup.py flows/compiled.py $(wildcard transforms/*.py)
	echo '#include <Python.h>' | $$($(VENV)/bin/python -c 'import os, sysconfig as s; \
			print(os.environ.get("CC") or s.get_config_var("CC"), "-I" + s.get_path("include"))') \
			-x c -fsyntax-only - 2>/dev/null || \
		{ echo "需要 C 编译器和 Python.h / a C compiler and Python.h are needed (python3-dev)" >&2; exit 1; }
	rm -rf $(SCRATCH) && mkdir -p $(SCRATCH) && touch $(SCRATCH)/begun
	ZHENGBAO_COMPILE=1 $(VENV)/bin/python setup.py --quiet build_ext --build-lib $(SCRATCH)/lib \
			--build-temp $(SCRATCH)/temp >$(SCRATCH)/log 2>&1 || \
		{ tail -n 20 $(SCRATCH)/log >&2; echo "编译失败 / not compiled" >&2; rm -rf $(SCRATCH); exit 1; }
	touch -r $(SCRATCH)/begun $(SCRATCH)/lib/transforms/*
	rm -f transforms/*.so
	mv $(SCRATCH)/lib/transforms/* transforms/
	rm -rf $(SCRATCH); rmdir build 2>/dev/null || true

# Python takes a compiled module for its source even if it is older; what is stale is removed
fresh: setup
	@$(VENV)/bin/python -m flows.compiled

run: fresh ## ingest the landing folder (the sample reports when none is configured)
	$(VENV)/bin/zhengbao run

test: fresh ## run the tests
	$(VENV)/bin/python -m pytest -n auto --dist worksteal

lint: fresh ## formatting, lint and types
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/ruff check .
	$(VENV)/bin/mypy

bench: fresh ## speed and memory, of ten thousand generated reports too, beside other programs; docs/benchmarks.md says what can be chosen
	@$(MAKE) --silent compile >/dev/null 2>&1 || echo "不能编译,量纯 Python / cannot be compiled (make compile says why)"
	@$(MAKE) --silent $(BENCH)/.setup-done >/dev/null 2>&1 || true
	rm -rf $(FIGURES) && mkdir -p $(FIGURES)
	$(VENV)/bin/python tests/bench.py $(TEXTS) --json $(FIGURES)/reading.json \
		$(if $(OBSERVATIONS),--observations $(OBSERVATIONS)) --peer $(BENCH)/bin/python
	$(VENV)/bin/python tests/bench_scale.py --reports $(REPORTS) --known $(KNOWN) --json $(FIGURES)/scale.json
	$(if $(filter-out 0,$(LOADED)),$(VENV)/bin/python tests/bench_load.py --observations $(LOADED) \
		--peer $(BENCH)/bin/python --json $(FIGURES)/loading.json)
	$(if $(filter-out 0,$(GATED)),$(VENV)/bin/python tests/bench_gates.py $(GATED) --json $(FIGURES)/gates.json)
	$(if $(filter-out 0,$(PAGED)),$(VENV)/bin/python tests/bench_pages.py $(PAGED) --json $(FIGURES)/pages.json)
	$(VENV)/bin/python tests/bench_summary.py $(FIGURES) $(if $(JSON),--json $(JSON))
	@rm -rf $(FIGURES); rmdir build 2>/dev/null || true

benchmarks: fresh ## write the plot and the tables of docs/benchmarks.md anew from JSON=file of make bench
	$(VENV)/bin/python tests/plot_bench.py $(JSON)

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

fuzz: fresh ## broken and hostile inputs, a hundred thousand; INPUTS=n for another number, SEED=n to repeat a run
	$(VENV)/bin/python tests/fuzz.py $(if $(INPUTS),--inputs $(INPUTS)) $(if $(SEED),--seed $(SEED))

kills: fresh ## kill -9 at two hundred random moments of runs with fifty reports; KILLS=n for another number, SEED=n
	$(VENV)/bin/python tests/kills.py $(if $(KILLS),--kills $(KILLS)) $(if $(SEED),--seed $(SEED))

dictionary: setup ## write docs/data-dictionary.md anew from the comments in the warehouse
	$(VENV)/bin/python -m warehouse.dictionary > docs/data-dictionary.md.new
	mv docs/data-dictionary.md.new docs/data-dictionary.md

lock: ## recompile the requirements*.lock (needs uv)
	uv pip compile -q pyproject.toml --extra dev --extra s3 --extra http --extra dask --extra lake --generate-hashes --no-emit-index-url --python-version 3.11 \
		--universal -o requirements.lock
	$(PYTHON) -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["project"]["optional-dependencies"]["bench"], sep="\n")' | \
		uv pip compile -q - --generate-hashes --no-emit-index-url --python-version 3.11 --universal \
		--custom-compile-command "make lock" -o requirements-bench.lock

clean: ## remove the virtual environment, caches and compiled modules; data is left alone
	rm -rf $(SCRATCH) $(FIGURES) transforms/*.so $(VENV) $(BENCH) .mypy_cache .pytest_cache .ruff_cache
