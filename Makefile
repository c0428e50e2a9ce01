# The same words on a laptop and in CI. `make` alone lists them.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

RUN := .venv/bin
GATE := tests/envelope tests/ledger tests/kernel

BENCHES := first-frame open-thread weight release

.PHONY: help setup try check test rooms fast build bench slow clean

help: ## list the targets
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 16

setup: .venv/.synced web/node_modules/.installed ## install everything the project needs, beside it

.venv/.synced: pyproject.toml uv.lock scripts/bootstrap.sh
	read -r uv python < <(scripts/bootstrap.sh); "$$uv" sync --locked --all-extras --python "$$python"
	touch $@

web/node_modules/.installed: web/package.json web/package-lock.json
	cd web && npm ci --no-audit --no-fund
	touch $@

check: setup ## types of the rooms that are held so far
	$(RUN)/mypy colloque/kernel colloque/ledger colloque/envelope

build: setup ## bundle the browser's half, and the sentences in English
	cd web && node build.mjs
	$(RUN)/pybabel -q compile -d colloque/locale -D django

try: build ## run everything here, with a demo practice (PORT=8000, COLLOQUE_HOME=.colloque)
	@$(RUN)/colloque try

fast: setup ## the tests that need no server
	$(RUN)/pytest -q tests/envelope tests/ledger
	cd web && npx vitest run

test: setup ## the gate: kernel, envelope, ledger, and the browser's half
	cd web && npx vitest run
	$(RUN)/pytest -q $(GATE)

# Not in the gate yet: their tests run against servers, and some fail. A room moves up when all of its tests pass.
rooms: setup ## the rooms that are not in the gate yet
	scripts/browser.sh
	$(RUN)/pytest -q tests --ignore=tests/envelope --ignore=tests/ledger --ignore=tests/kernel

bench: setup ## measure beside the bare thing; one alone by NAME=first-frame, open-thread, weight or release
	@scripts/browser.sh
	@for one in $(or $(NAME),$(BENCHES)); do \
	  script="bench/$${one//-/_}.py"; \
	  [ -f "$$script" ] || { echo "There is no benchmark $$one; there are: $(BENCHES)" >&2; exit 2; }; \
	  echo "== $$one"; $(RUN)/python "$$script"; \
	done

slow: setup ## the long run: more examples of each property, and the drills (SLOW=1)
	scripts/browser.sh
	cd web && SLOW=1 npx vitest run --testTimeout=1800000
	SLOW=1 $(RUN)/pytest -q tests --timeout=1800

clean: ## forget what was installed and built
	rm -rf .venv .tools web/node_modules colloque/pages/static/built
