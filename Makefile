# SPDX-License-Identifier: BSD-3-Clause
#
# make demo and make test are the two to know. Each target sets up what it needs first (tools/setup.sh).
#   make test STEPS="c python"     only some steps; make test STEPS=list names them
#   make test JOBS=1               one step after the other; otherwise two side by side
#   make test-dropin                Debian's programs on CFITSIO and on its layer (many packages, 15 minutes)
#   make test-fitsio                fitsio's own tests on fitsio and on rustfits.fitsio (a minute)
#   make test-clients               tests of healsparse, desiutil and TreeCorr with fitsio and with rustfits (network)
#   make fuzz SECONDS=60           seconds for each target
#   make abi                       writes csrc/rustfits.abi, the ABI that make test compares with
#   make torture SECONDS=600 SEED=1   kills, failing writes and mutated files; seconds for each driver
#   make bench QUICK=1             smaller files; README=1 puts the table into README.md
#   PYTHON=/path/to/python3        which Python makes .venv

SHELL := /bin/bash
SECONDS ?= 300
SEED ?= 0
STEPS ?=
export PYTHON

.PHONY: help build test test-dropin test-fitsio test-clients demo bench bench-cfitsio lint docs abi fuzz torture clean
help:
	@sed -n '3,12s/^# \{0,1\}//p' Makefile
	@echo "targets: build test test-dropin test-fitsio test-clients demo bench bench-cfitsio lint docs abi fuzz torture clean"

build:
	@tools/setup.sh build

test:
	@tools/setup.sh test
	@tools/test.sh $(STEPS)

test-dropin:
	@tools/setup.sh dropin
	@tools/dropin.sh build-dropin $(STEPS)

test-fitsio:
	@tools/setup.sh test
	@tools/fitsio_suite.sh

test-clients:
	@tools/setup.sh test
	@tools/clients.sh $(STEPS)

demo:
	@tools/setup.sh demo
	@.venv-demo/bin/python demo/demo.py

bench:
	@tools/setup.sh bench
	@.venv/bin/python benchmarks/run.py $(if $(QUICK),--quick) $(if $(README),--readme)

bench-cfitsio:
	@tools/setup.sh bench
	@tools/setup.sh test
	@[ -e build-bench-cfitsio/build.ninja ] || meson setup build-bench-cfitsio -Dbuildtype=release >/dev/null
	@meson compile -C build-bench-cfitsio >/dev/null
	@.venv/bin/python -P benchmarks/cfitsio.py build-bench-cfitsio

lint:
	@tools/setup.sh lint
	@tools/test.sh lint

docs:
	@tools/setup.sh docs
	@tools/test.sh docs-build
	@echo "docs/_build/html/index.html"

abi:
	@tools/setup.sh test
	@PYTHONPATH=tests .venv/bin/python -P -m support.abi

fuzz:
	@tools/setup.sh fuzz
	@tools/fuzz.sh $(SECONDS)

torture:
	@tools/setup.sh test
	@for driver in kill fail mutate segments; do \
	  PYTHONPATH=tests .venv/bin/python -P -m torture $$driver --seed $(SEED) --seconds $(SECONDS) || failed=1; \
	done; \
	RUSTFITS_KILLS=200 .venv/bin/python -P -m pytest -q tests/unit/upload/test_killed.py --timeout 3600 || failed=1; \
	exit $${failed:-0}

clean:
	rm -rf .venv .venv-demo .venv-peer .venv-portable build build-* dist docs/_build .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -not -path './.git/*' -prune -exec rm -rf {} +
