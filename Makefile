PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUST_SOURCES := $(shell find rust -name '*.rs' -o -name 'Cargo.toml' -o -name '*.json' | grep -v '^rust/target') Cargo.toml Cargo.lock

.DEFAULT_GOAL := help
.PHONY: help build demo test check bench vectors contracts clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

build: $(VENV)/.built ## create .venv and build the release extension into it, editable

$(VENV)/.tools: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet 'maturin>=1.16,<2'
	@touch $@

$(VENV)/.built: $(VENV)/.tools $(RUST_SOURCES) pyproject.toml
	$(BIN)/maturin develop --release --extras dev
	@touch $@

test: build ## run every test
	cargo test --workspace --exclude weftend-py
	$(BIN)/pytest -n 2

check: build ## lint, types, layering, stubs, generated files
	cargo fmt --check
	cargo clippy --workspace --all-targets -- -D warnings
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

clean: ## remove what the build made
	rm -rf $(VENV) target
