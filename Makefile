# Yiyang. `make demo` starts a living district; `make test` tests everything. Both set up what they need.
PORT   ?= 8000
PEOPLE ?= 2000
AREA   ?= 310106
DATA   ?= .yiyang
ARGS   ?=
TRANSFERS ?= 1000
SEQUENCES ?= 1500
# Two more than there are processors: tests of whole installations and of browsers wait more than they work.
WORKERS ?= $(shell echo $$(($$(nproc) + 2)))

PYTHON := .venv/bin/python
.DEFAULT_GOAL := help
.PHONY: help demo test test-data proof check fix bench lock set-up set-up-dev screenshots

help: ## What there is
	@sed -n 's/^\([a-z-]*\):.*## /  make \1	/p' $(MAKEFILE_LIST) | expand -t 20
	@echo "  make proof takes TRANSFERS=$(TRANSFERS) SEQUENCES=$(SEQUENCES)"
	@echo "  make demo takes PORT=$(PORT) PEOPLE=$(PEOPLE) AREA=$(AREA) DATA=$(DATA)"

demo: set-up ## Build and start a demo district, then open the address it prints
	@exec $(PYTHON) -m yiyang up --demo --area $(AREA) --people $(PEOPLE) --port $(PORT) --data $(DATA) $(ARGS)

test: set-up-dev ## All tests
	@exec $(PYTHON) -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(ARGS)

test-data: set-up-dev ## The tests over outside data alone, from YIYANG_TEST_DATA (../shared/data)
	@exec $(PYTHON) -m pytest -m outside_data -rs $(ARGS)

proof: set-up-dev ## For hours: faults, kills amid TRANSFERS, SEQUENCES in random order, Schemathesis with many more values
	YIYANG_PROOF=1 $(PYTHON) -m pytest -s yiyang/ops/tests tests/test_bench.py --ignore yiyang/ops/tests/test_kills.py $(ARGS)
	YIYANG_PROOF_TRANSFERS=$(TRANSFERS) $(PYTHON) -m pytest -s yiyang/ops/tests/test_kills.py $(ARGS)
	YIYANG_PROOF_READINGS=120 $(PYTHON) -m pytest -s yiyang/ops/tests/test_readings_*.py yiyang/ops/tests/test_packing_killed.py yiyang/gateways/mqtt/tests/test_broker.py $(ARGS)
	YIYANG_PROOF=1 YIYANG_PROOF_EXAMPLES=$(SEQUENCES) $(PYTHON) -m pytest -n auto yiyang/beds/tests/test_any_order.py $(ARGS)
	YIYANG_SCHEMATHESIS=30 $(PYTHON) -m pytest -n auto tests/test_schemathesis.py $(ARGS)

check: set-up-dev ## Format, lint, types, layers, migrations, translations; changes nothing
	@exec tools/check

fix: set-up-dev ## Put format and imports in order
	$(PYTHON) -m ruff check --fix .
	$(PYTHON) -m ruff format .

bench: set-up-dev ## Measure this machine: a city of 1,000,000 against direct SQL
	@exec $(PYTHON) -m yiyang bench $(ARGS)

screenshots: set-up-dev ## Take the pictures of docs/screenshots from the demo that runs on PORT with DATA
	@exec $(PYTHON) tools/screenshots http://localhost:$(PORT) $(DATA)

lock: set-up-dev ## Choose versions anew and write the lock files
	@exec tools/lock

set-up: ## Only set up what `make demo` needs
	@exec tools/set-up

set-up-dev: ## Only set up what `make test` needs
	@exec tools/set-up --dev
