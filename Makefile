# `make lab`, `make check` and `make test` set up what they need. On Windows: `py start.py lab`.
PYTHON ?= python3

.PHONY: lab check test test-all setup bench bench-hub hub fresh data lock site slides lite

lab:      ## set up and open the course
	$(PYTHON) start.py lab

check:    ## set up and run the style checks and the quick tests: about five minutes
	$(PYTHON) start.py check

test:     ## set up and prove every mechanism once: about 14 minutes on two processors
	$(PYTHON) start.py test

test-all: ## the same, then the rest: every variant, every attack on each way of isolation, every page
	$(PYTHON) start.py test-all

setup:    ## set up only, with everything a developer needs
	$(PYTHON) start.py setup

bench:    ## measure, and write benchmarks/RESULTS.md
	$(PYTHON) start.py bench

bench-hub: ## as root: a class of sixty on a hub, with accounts made and removed; --clean removes what is left
	.venv/bin/python -m benchmarks.hub $(HUB)

hub:      ## a JupyterHub for a class, on a machine of its own: `make hub DO=setup`, then `make hub DO=start`
	$(PYTHON) start.py hub $(DO)

fresh:    ## do what the README says on a fresh clone with an empty home, and time it
	$(PYTHON) benchmarks/fresh.py

site:     ## build the printed course, offline, in build/site/html
	$(PYTHON) start.py site

slides:   ## make the instructor's slides, a deck per chapter, in build/slides
	$(PYTHON) start.py slides

lite:     ## build the course for a browser with nothing installed, in build/lite
	$(PYTHON) start.py lite $(LITE)

data:     ## after editing a table: refresh bytes and sha256 in data/datapackage.json
	$(PYTHON) start.py data

lock:     ## after editing pyproject.toml: renew the four lock files (needs uv)
	uv pip compile pyproject.toml --python-version 3.11 --universal --generate-hashes --no-header -q -o requirements.lock
	uv pip compile pyproject.toml --python-version 3.11 --all-extras --group build --universal --generate-hashes --no-header -q -o requirements-dev.lock -c requirements.lock
	uv pip compile pyproject.toml --python-version 3.11 --extra grade --extra hub --group build --universal --generate-hashes --no-header -q -o coursestaff/hub/requirements.lock -c requirements-dev.lock
	uv pip compile --group pyproject.toml:lite --no-deps --python-version 3.11 --universal --generate-hashes --no-header -q -o coursestaff/publishing/lite/requirements.lock -c requirements.lock
