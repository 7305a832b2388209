# Needs: make, and Python 3.11 or later. `make help` lists what there is.
#
#   make demo PYTHON=python3.13     with another Python than the first `python3`
#   make test VENV=/tmp/venv        with the environment in another place
#   make test PYTEST='-k kid -x'    with further arguments for pytest

PYTHON ?= python3
VENV ?= .venv
PYTEST ?=
BIN := $(VENV)/bin
# Twice --quiet leaves the errors.
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet --quiet

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test lowest check format lint types docs docs-check bench lock clean

help: ## this list
	@sed -nE 's/^([a-z-]+):.*## (.*)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

# --- for everybody ---

demo: $(VENV)/.installed ## four tokens and four refusals, from an empty folder, in a sandbox on this machine
	@$(BIN)/jwttool demo

test: $(VENV)/.installed-dev ## all tests
	@$(BIN)/python -m pytest -n auto --maxprocesses 8 $(PYTEST)

bench: $(VENV)/.installed-dev ## the benchmarks: ratios within one run (ARGS=--write keeps them in docs/performance.md)
	$(BIN)/python -m tests.bench.run $(ARGS)

# --- for developers ---

# The tests stand last: they take longest.
check: lint types docs-check test ## all that a change has to pass: format, lint, types, docs, tests

format: $(VENV)/.installed-dev ## puts the code into its format
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: $(VENV)/.installed-dev
	$(BIN)/mypy

docs: $(VENV)/.installed-dev ## writes the pages that are made from the code
	$(BIN)/python docs/generate.py

docs-check: $(VENV)/.installed-dev
	$(BIN)/python docs/generate.py --check

lowest: $(VENV)/.installed-dev ## all tests, with the oldest versions that pyproject.toml allows
	$(BIN)/uv venv --quiet --clear $(VENV)-lowest
	$(BIN)/uv pip install --quiet --python $(VENV)-lowest --resolution lowest-direct --editable .
	$(BIN)/uv pip install --quiet --python $(VENV)-lowest --group test
	$(VENV)-lowest/bin/python -m pytest -n auto --maxprocesses 8 $(PYTEST)

# The lock files hold every platform and every Python that jwttool supports.
# LOCK='--upgrade' takes newer versions; without it only what pyproject.toml asks for changes.
UV_COMPILE = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --custom-compile-command 'make lock' $(LOCK) pyproject.toml

lock: $(VENV)/.installed-dev ## writes requirements.lock and requirements-dev.lock anew
	$(UV_COMPILE) --group build --extra sandbox --output-file requirements.lock
	$(UV_COMPILE) --group dev --constraint requirements.lock --output-file requirements-dev.lock

clean: ## removes the environment and what the tools leave behind
	rm -rf $(VENV) $(VENV)-lowest .mypy_cache .ruff_cache .pytest_cache .hypothesis dist
	find . -name __pycache__ -prune -exec rm -rf {} +

# --- the environment ---
# Stamp files say what is in it, so that a second run has nothing to do.

$(VENV)/.created:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "jwttool needs Python 3.11 or later, and '$(PYTHON)' is not that: name one with PYTHON=..." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "'$(PYTHON)' cannot make virtual environments; on Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV)
	@touch $@

# Only what the lock file names is fetched, and only with the hash that it names:
# jwttool itself is built with the build backend that is locked, and without the network.
# The installation is editable: a change in jwttool/ counts at once.
INSTALL_SELF = $(PIP) install --no-deps --no-build-isolation --no-index --editable .

$(VENV)/.installed: requirements.lock pyproject.toml jwttool/__init__.py | $(VENV)/.created
	@echo "Installing jwttool and what requirements.lock names into $(VENV)"
	@$(PIP) install --require-hashes --requirement requirements.lock
	@$(INSTALL_SELF)
	@touch $@

# Takes in all of requirements.lock, in the same versions.
$(VENV)/.installed-dev: requirements-dev.lock $(VENV)/.installed
	@echo "Installing what requirements-dev.lock names into $(VENV)"
	@$(PIP) install --require-hashes --requirement requirements-dev.lock
	@touch $@
