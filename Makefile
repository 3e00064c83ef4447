# Continuity. `make help` lists what there is; `make run` and `make test` need nothing prepared.

PYTHON ?= $(shell command -v python3.11 || command -v python3.12 || command -v python3)
VENV := .venv
RUN := $(VENV)/bin/python
READY := $(VENV)/.ready
SERVERS := local/node_modules/.ready
CLIENTS := tests/clients/node_modules/.ready
TOGETHER := -n 2 --no-loadscope-reorder  # two processes; tests/together.py says which tests stay together

.PHONY: help setup run stack stop token test test-slow check format verifier bench clean

help:  ## what there is
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: $(READY) $(SERVERS)  ## install what everything else needs (done by them as well)

$(READY): requirements.txt requirements-dev.txt
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; ok = (3, 11) <= v < (3, 13); ok or sys.exit("Continuity needs Python 3.11 or 3.12; this is %d.%d. Say which with: make PYTHON=/path/to/python3.11" % v)'
	$(PYTHON) -m venv $(VENV)
	$(RUN) -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	$(RUN) -m pip install --quiet --disable-pip-version-check --no-deps --ignore-requires-python azure-functions-runtime==1.3.0 aics-tlog==0.2.1 odata-query==0.10.0 sly==0.4
	@touch $@

$(SERVERS): local/package.json local/package-lock.json
	@command -v node >/dev/null || { echo "Continuity's local servers need Node 20 or later: node is not on PATH"; exit 1; }
	@node -e 'const v = +process.versions.node.split(".")[0]; if (v < 20) { console.error("Continuity needs Node 20 or later; this is " + process.version); process.exit(1) }'
	cd local && npm ci --no-audit --no-fund --ignore-scripts --loglevel=error
	@touch $@

$(CLIENTS): tests/clients/package.json tests/clients/package-lock.json | $(SERVERS)
	cd tests/clients && npm ci --no-audit --no-fund --ignore-scripts --loglevel=error
	@touch $@

run: setup  ## start everything, dock some clips, tell their story, keep serving
	@$(RUN) -m local.run

stack: setup  ## start everything but the Functions host, for `func start` in another window
	@$(RUN) -m local.stack

stop:  ## stop what `make run` or `make stack` left running
	@if [ -x $(RUN) ]; then $(RUN) -m local.stack stop; else echo "nothing is installed here, so nothing runs"; fi

token: setup  ## an access token of the running stack: make token ROLE=officer OFFICER=4021 BOROUGH=Southwark
	@$(RUN) -m local.tokens --role $(or $(ROLE),officer) $(if $(OFFICER),--officer "$(OFFICER)") $(if $(BOROUGH),--borough "$(BOROUGH)") $(if $(NAME),--name "$(NAME)") $(if $(CLIENT),--client "$(CLIENT)")

test: setup $(CLIENTS)  ## everything quick
	@$(RUN) -m pytest $(TOGETHER) -m "not slow"

test-slow: setup $(CLIENTS)  ## the long lanes
	@$(RUN) -m pytest $(TOGETHER) -m slow

check: setup  ## style and types
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check .
	@$(VENV)/bin/mypy
	@$(RUN) -m tools.bicep infra/main.bicep --all-switches --quiet

format: setup  ## let the formatter have its way
	@$(VENV)/bin/ruff check --fix . ; $(VENV)/bin/ruff format .

verifier: setup  ## put tools/verify.py and what it needs into one file that runs: dist/continuity-verify.pyz
	@$(RUN) -m tools.verifier

bench: setup  ## measure; prints tables, writes bench/results/*.json
	@$(RUN) -m bench

clean:  ## remove what was installed and what ran
	rm -rf $(VENV) local/node_modules tests/clients/node_modules tests/clients/generated .local .mypy_cache .ruff_cache .pytest_cache .hypothesis
