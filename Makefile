# Tongwen: `make chat` opens the chat, `make test` passes the tests; each sets up what it needs first.
# The set-up lives in setup/bootstrap. After a change of dependencies in pyproject.toml: `make lock`.

.DEFAULT_GOAL := help
PACKAGES := index rag evals ui

.PHONY: help chat test check format torture table lock clean

help: ## show this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1|\2/p' Makefile | awk -F'|' '{ printf "%-14s %s\n", $$1, $$2 }'

chat: ## set up, then open the chat at http://127.0.0.1:7860
	@setup/bootstrap
	@.venv/bin/tongwen serve

test: ## set up, then run the tests
	@setup/bootstrap test
	@.venv/bin/pytest

check: ## lint, formatting and types
	@setup/bootstrap test
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy --strict $(PACKAGES)

format: ## put the code into the project's format
	@setup/bootstrap test
	@.venv/bin/ruff check --fix .
	@.venv/bin/ruff format .

torture: ## the tests that kill, flood and fill disks (half an hour), and the table of their figures
	@setup/bootstrap test
	@.venv/bin/pytest -m torture -v -s; status=$$?; .venv/bin/python -m tests.torture_report; exit $$status

table: ## print the table of the last `make torture` again
	@.venv/bin/python -m tests.torture_report

lock: ## pin the dependencies of pyproject.toml anew (UPGRADE=1: the newest of each)
	@setup/bootstrap
	@setup/lock $(if $(UPGRADE),--upgrade)

clean: ## remove .venv and caches, never a library
	rm -rf .venv .venv.lock .mypy_cache .pytest_cache .ruff_cache .hypothesis build dist
	find index rag evals ui tests -name __pycache__ -type d -prune -exec rm -rf {} +
