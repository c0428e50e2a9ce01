# The same words on a laptop and in CI. `make` alone lists them.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

RUN := .venv/bin
# Python starts in a third of the time where what it imports is compiled, and one run of the tests starts it a hundred times.
unexport PYTHONDONTWRITEBYTECODE
BENCHES := first-frame open-thread weight release freeze append verify detection scope blast-radius

.PHONY: help setup try check test long fast build bench drill slow clean

help: ## list the targets
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 16

setup: .venv/.synced web/node_modules/.installed ## install everything the project needs, beside it

.venv/.synced: pyproject.toml uv.lock scripts/bootstrap.sh
	@echo "Installing the server's half…"
	@read -r uv python < <(scripts/bootstrap.sh); "$$uv" sync --quiet --locked --all-extras --python "$$python"
	@touch $@

web/node_modules/.installed: web/package.json web/package-lock.json
	@echo "Installing the browser's half…"
	@cd web && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

check: setup ## lint, types, contracts: both languages
	$(RUN)/ruff check
	$(RUN)/ruff format --check
	$(RUN)/mypy
	$(RUN)/lint-imports
	$(RUN)/python scripts/house.py
	cd web && npx tsc --noEmit
	cd web && npx eslint .

build: setup ## bundle the browser's half, and the sentences in English
	@cd web && node build.mjs
	@$(RUN)/pybabel -q compile -d colloque/locale -D django

try: build ## run everything here, with a demo practice (PORT=8000, COLLOQUE_HOME=.colloque)
	@$(RUN)/colloque try

fast: setup ## the tests that need no server
	$(RUN)/pytest -q tests/envelope tests/ledger tests/docs
	cd web && npx vitest run

# Three at a time on two cores, for much of a test is waiting; tests/conftest.py says which files take turns.
test: build ## everything: both languages, real servers, journeys in two browsers
	@scripts/browser.sh
	cd web && npx vitest run
	$(RUN)/pytest -q -n 3 tests

long: build ## every page and every other story in browsers, and a drill (LONG=1)
	@scripts/browser.sh
	LONG=1 $(RUN)/pytest -q -n 2 -m "long and not slow" tests

bench: setup ## measure beside the bare thing; one alone by NAME=first-frame, open-thread, weight, release, freeze, append, verify, detection, scope or blast-radius
	@scripts/browser.sh
	@for one in $(or $(NAME),$(BENCHES)); do \
	  script="bench/$${one//-/_}.py"; \
	  [ -f "$$script" ] || { echo "There is no benchmark $$one; there are: $(BENCHES)" >&2; exit 2; }; \
	  echo "== $$one"; $(RUN)/python "$$script"; \
	done

drill: build ## rehearse an intrusion on synthetic people (SCENARIO=stolen-device, PERSONS=8, SEED=1, OUT=a new folder)
	@out="$(or $(OUT),$$(mktemp -d -t colloque-drill-XXXXXX))"; \
	$(RUN)/colloque drill $(or $(SCENARIO),stolen-device) $(if $(PERSONS),--persons $(PERSONS)) --seed $(or $(SEED),1) --out "$$out"

slow: build ## the long run: more examples of each property, and the drills (SLOW=1)
	scripts/browser.sh firefox
	scripts/java.sh
	@read -r uv python < <(scripts/bootstrap.sh); "$$uv" sync --quiet --locked --all-extras --group spark --python "$$python"
	cd web && SLOW=1 npx vitest run --testTimeout=1800000
	scripts/debian_postgres.sh $(RUN)/pytest -q tests/vault tests/records tests/consultations/test_acts.py
	scripts/debian_postfix.sh $(RUN)/pytest -q tests/notifications/test_postfix.py
	SLOW=1 $(RUN)/pytest -q tests --timeout=1800

clean: ## forget what was installed and built
	rm -rf .venv .tools web/node_modules colloque/pages/static/built
