# Needs Python 3.11, make and a compiler. Everything else goes into .venv.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
PORT ?= 8000
SHOP_PORT ?= 8001
WORKERS ?= 2
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/installed
FILES := assistant api commands corpus eval indexer tests

.PHONY: help install demo test check format system-packages clean

help:  ## show this
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:[^#]*## /\t/' | expand -t 18

install: $(STAMP)  ## install all into .venv, from pinned versions

$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c "import sys; sys.exit(sys.version_info < (3, 11))" || { echo "Python 3.11 is needed; name one with PYTHON=…"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --constraint constraints.txt torch
	$(BIN)/pip install --quiet --constraint constraints.txt --editable '.[bundled-model,faiss,postgresql,dev]'
	@touch $(STAMP)

demo: $(STAMP)  ## index the starter help centre and serve it on 127.0.0.1:PORT, with a shop that embeds it on SHOP_PORT
	$(BIN)/askfirst index build --pages $(if $(wildcard .askfirst/pages),.askfirst/pages,corpus/pages)
	$(BIN)/askfirst demo --port $(PORT) --shop-port $(SHOP_PORT)

test: $(STAMP)  ## run all tests, by WORKERS processes of some 3 GB each
	OMP_WAIT_POLICY=PASSIVE $(BIN)/pytest --numprocesses $(WORKERS) --dist loadfile --no-loadscope-reorder

check: $(STAMP)  ## format, lint, types, direction of imports
	$(BIN)/ruff format --check $(FILES)
	$(BIN)/ruff check $(FILES)
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(STAMP)  ## mend what can be mended automatically
	$(BIN)/ruff format $(FILES)
	$(BIN)/ruff check --fix $(FILES)

system-packages:  ## install what tests need: Chromium and Request Tracker 5 (Debian, as root)
	command -v chromium >/dev/null || { apt-get update -qq && apt-get install -y -qq chromium; }
	test -e /usr/share/request-tracker5 || { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
		--no-install-recommends request-tracker5 rt5-standalone rt5-db-sqlite dbconfig-no-thanks \
		$$(command -v sendmail >/dev/null || echo msmtp-mta); }

clean:  ## forget the environment and the demo's index
	rm -rf $(VENV) .askfirst
