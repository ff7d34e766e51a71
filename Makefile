# make demo: a complete instance on a throw-away folder · make test: every check · make setup: what both begin with
PY ?= python3
export PYTHONDONTWRITEBYTECODE =  # tests start a hundred processes: none compiles again what another has
BIN = .venv/bin
UV = $(BIN)/uv
APT = chromium firefox-esr age fonts-dejavu-core postgresql khal radicale gir1.2-ical-3.0 python3-gi coturn gcc libc6-dev python3-dev
# Threads, sockets and processes are tested in asyncio's debug mode, which doubles what the large rooms cost.
ROOMS_OF_MEDIA = tests/webrtc tests/recordings tests/rehearsal
ROOMS_OF_PAGES = $(filter-out $(ROOMS_OF_MEDIA) $(addprefix tests/,browser stories support benchmarks),$(patsubst %/,%,$(wildcard tests/*/)))
DATABASE_ROOMS = tests/recordings $(ROOMS_OF_PAGES)
# What browsers show and do with media does not depend on the database; what is asked, booked and kept does.
DATABASE_JOURNEYS = tests/stories $(addprefix tests/browser/test_,$(addsuffix .py,hours keyboard language request_steps without_javascript))
PYTEST = $(BIN)/python -m pytest -q
ON_BOTH_CORES = -n 2 --dist loadfile
WITHOUT_DEBUG = -o asyncio_debug=false
COMPILED = PARLOIR_TEST_PACKET_PATH=compiled $(PYTEST)
ON_POSTGRESQL = PARLOIR_TEST_DATABASE=postgresql $(PYTEST) $(WITHOUT_DEBUG)

setup: .venv/.ready server/static/built/.ready
	@$(BIN)/python -m server.packet_path

demo: setup
	@$(BIN)/parloir demo

test: packages setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(PYTEST) $(ON_BOTH_CORES) --cov --cov-report= --cov-fail-under=0 $(ROOMS_OF_MEDIA)
	$(PYTEST) $(ON_BOTH_CORES) --cov --cov-append --cov-report=term:skip-covered $(WITHOUT_DEBUG) $(ROOMS_OF_PAGES)
	$(COMPILED) $(ON_BOTH_CORES) tests/webrtc $(addprefix tests/recordings/test_,track_writer.py webm.py)
	$(PYTEST) $(ON_BOTH_CORES) $(WITHOUT_DEBUG) tests/browser tests/stories
	$(ON_POSTGRESQL) $(ON_BOTH_CORES) $(DATABASE_ROOMS)
	$(ON_POSTGRESQL) $(ON_BOTH_CORES) $(DATABASE_JOURNEYS)

bench: setup
	@test -n "$(NAME)" || { echo "say which: make bench NAME=relay" >&2; exit 2; }
	@$(BIN)/python -m tests.benchmarks $(NAME)

.venv/.ready: uv.lock pyproject.toml
	@$(PY) -c 'import ensurepip, venv' 2>/dev/null || { echo "python3-venv is missing: sudo apt-get install python3-venv" >&2; exit 2; }
	@echo "setting up: Python packages"
	@test -x $(BIN)/python || $(PY) -m venv .venv
	@test -x $(UV) || $(BIN)/python -m pip install -q "uv>=0.13,<0.14"
	@UV_PROJECT_ENVIRONMENT=.venv $(UV) sync -q --locked --inexact --compile-bytecode
	@touch $@

node_modules/.ready: package-lock.json package.json | .venv/.ready
	@echo "setting up: front-end packages"
	@$(BIN)/npm ci --silent --ignore-scripts --omit=optional --no-audit --no-fund
	@touch $@

server/static/built/.ready: node_modules/.ready server/static/build.mjs $(wildcard server/static/css/*)
	@$(BIN)/node server/static/build.mjs
	@touch $@

packages:
	@missing=; for p in $(APT); do dpkg-query -W -f='$${Status}' $$p 2>/dev/null | grep -q 'ok installed' || missing="$$missing $$p"; done; \
	if [ -z "$$missing" ]; then exit 0; fi; \
	if [ "$$(id -u)" = 0 ]; then apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 install -y -qq --no-install-recommends $$missing; \
	else echo "make test needs these Debian packages: sudo apt-get install$$missing" >&2; exit 2; fi

.PHONY: setup demo test bench packages
