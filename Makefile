# Everything needs only Python 3.10 or newer; `make setup` puts the rest into .venv.
PYTHON ?= python3
VENV ?= .venv
CLIENTS = .venv-clients
BIN = $(VENV)/bin
ARGS ?=

.PHONY: help setup clients demo test lint bench chaos postman lock clean

help: ## Show this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 16

setup: $(VENV)/.installed ## Install the pinned dependencies into .venv

$(VENV)/.installed: requirements.lock requirements-dev.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 10) else "Python 3.10 or newer is needed; this is %s. Try: make setup PYTHON=python3.12" % sys.version.split()[0])'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-dev.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

clients: $(CLIENTS)/.installed ## Install clients of others, with which the tests talk to gateway and simulator (needs npm)

$(CLIENTS)/.installed: $(wildcard tests/clients/*.lock tests/*/package-lock.json tests/e2e/sf/package-lock.json tests/e2e/n8n/package-lock.json)
	for each in mcp-1 fastmcp singer; do \
		$(PYTHON) -m venv $(CLIENTS)/$$each && $(CLIENTS)/$$each/bin/pip install --quiet --disable-pip-version-check --no-compile \
			--no-deps --require-hashes -r tests/clients/requirements-$$each.lock || exit 1; \
	done
	for each in conformance clients connect; do npm ci --silent --no-audit --no-fund --prefix tests/$$each || exit 1; done
	npm ci --silent --no-audit --no-fund --omit=optional --ignore-scripts --prefix tests/e2e/sf
	npm ci --silent --no-audit --no-fund --omit=optional --omit=peer --legacy-peer-deps --ignore-scripts --prefix tests/e2e/n8n
	@touch $@

demo: setup ## Start a Salesforce simulator and the gateway on it (options: ARGS=--help)
	@exec $(BIN)/salesforce-mcp demo $(ARGS)

test: setup ## Run all tests that can run here (options: ARGS="-k sync")
	$(BIN)/pytest -n 3 --dist loadfile $(ARGS)

lint: setup ## ruff, mypy strict, import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: setup ## Measure tokens, Salesforce calls, speed and memory, and print tables
	$(BIN)/python -m tests.bench $(ARGS)

chaos: setup ## Sync through three replicas while everything goes wrong, and check that nothing got lost or doubled
	$(BIN)/python -m tests.chaos $(ARGS)

postman: setup ## Write docs/postman_collection.json anew
	$(BIN)/python -m tests.postman

lock: ## Compile the lock files anew (needs uv)
	uv pip compile --quiet --universal --python-version 3.10 --generate-hashes --no-header --no-annotate pyproject.toml -o requirements.lock
	uv pip compile --quiet --universal --python-version 3.10 --generate-hashes --no-header --no-annotate pyproject.toml --group dev -c requirements.lock -o requirements-dev.lock
	for each in mcp-1 fastmcp singer; do \
		uv pip compile --quiet --universal --python-version 3.10 --generate-hashes --no-header --no-annotate tests/clients/requirements-$$each.in -o tests/clients/requirements-$$each.lock || exit 1; \
	done

clean: ## Remove .venv and caches
	rm -rf $(VENV) $(CLIENTS) tests/*/node_modules tests/e2e/*/node_modules .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache *.egg-info build
