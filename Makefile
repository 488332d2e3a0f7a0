PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUST_SOURCES := $(shell find rust -name '*.rs' -o -name 'Cargo.toml' -o -name '*.json' | grep -v '^rust/target') Cargo.toml Cargo.lock

.DEFAULT_GOAL := help
.PHONY: help build demo test check bench vectors contracts clean needs-python needs-cargo

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

build: $(VENV)/.built ## create .venv and build the release extension into it, editable

$(VENV)/.tools: | needs-python
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check 'maturin>=1.16,<2'
	@touch $@

$(VENV)/.built: $(VENV)/.tools $(RUST_SOURCES) pyproject.toml | needs-cargo
	VIRTUAL_ENV=$(CURDIR)/$(VENV) $(BIN)/maturin develop --release --extras dev
	@touch $@

test: build ## run every test
	cargo test --workspace --exclude weftend-py
	$(BIN)/pytest -n 2

demo: build ## release an example folder, and show what was released, what was held back and why
	@rm -rf demo-output
	@$(BIN)/python examples/release_folder.py demo-output/release
	@$(BIN)/weftend telemetry-conduit demo-output/release --out demo-output --apply
	@$(BIN)/weftend verify demo-output/telemetry_conduit_snapshot.json --store demo-output/release/receipts/telemetry_conduit.json

check: build ## lint, types, layering, stubs, generated files
	@cargo fmt --version >/dev/null 2>&1 || { echo 'make check needs rustfmt: rustup component add rustfmt' >&2; exit 1; }
	@cargo clippy --version >/dev/null 2>&1 || { echo 'make check needs clippy: rustup component add clippy' >&2; exit 1; }
	cargo fmt --check
	cargo clippy --workspace --all-targets -- -D warnings
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m mypy.stubtest weftend._core --mypy-config-file pyproject.toml
	$(BIN)/lint-imports --no-logo
	$(BIN)/python tools/generate.py --check
	$(BIN)/weftend contracts check
	$(BIN)/pytest tests/docs/test_telemetry_pages.py
	@if cargo deny --version >/dev/null 2>&1; then cargo deny check; \
	else echo 'SKIPPED: cargo deny is not installed, so licences and advisories of crates were not checked' >&2; fi

bench: build ## measure against other tools (installs the extra "bench"), into benches/results
	VIRTUAL_ENV=$(CURDIR)/$(VENV) $(BIN)/maturin develop --quiet --release --extras bench
	@for bench in benches/bench_*.py; do $(BIN)/python $$bench || exit 1; done

contracts: build ## compile the contracts, and write everything that is generated from them
	$(BIN)/python tools/generate.py

vectors: ## make the vectors in tests/vectors again (needs Node)
	@command -v node >/dev/null || { echo 'make vectors needs Node 20 or newer; tests and builds do not' >&2; exit 1; }
	node tests/vectors/generator/main.mjs

clean: ## remove what the build made
	rm -rf $(VENV) target

needs-python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	{ echo 'WeftEnd needs Python 3.11 or newer: make PYTHON=/path/to/python3.11' >&2; exit 1; }

needs-cargo:
	@cargo --version >/dev/null 2>&1 || { echo 'WeftEnd needs a stable Rust toolchain: https://rustup.rs' >&2; exit 1; }
