# One .venv, made once. A stamp that bears the hash of what it was made from says whether it is still right,
# so every target works on a fresh machine and costs nothing on a used one.
PYTHON ?= $(firstword $(foreach v,3.13 3.12 3.11,$(if $(shell python$(v) -c 'import ensurepip' 2>/dev/null && echo yes),python$(v))) python3)
PY := .venv/bin/python
KEY := $(shell cat pyproject.toml constraints.txt | sha256sum | cut -c1-16)
CORE := .venv/.core-$(KEY)
STUDIO := .venv/.studio-$(KEY)
DEV := .venv/.dev-$(KEY)
INSTALL := $(PY) -m pip install --disable-pip-version-check --quiet -c constraints.txt

.PHONY: help demo studio test lint format bench soak docs wheel clean
.DEFAULT_GOAL := help

help: ## say what there is
	@sed -nE 's/^([a-z]+):.*## (.*)/make \1\t\2/p' Makefile | expand -t 14

demo: $(CORE) ## draw the sample sitters into out/demo/ and write a contact sheet
	$(PY) examples/demo.py out/demo
	$(PY) examples/every_style.py out/demo
	$(PY) examples/turn_head.py out/demo

studio: $(STUDIO) ## open the studio in a browser (Ctrl-C closes it)
	$(PY) -m limner.cli studio

test: $(DEV) ## run every test but the long ones
	$(PY) -m pytest

lint: $(DEV) ## style, types, import law
	.venv/bin/ruff format --check
	.venv/bin/ruff check
	.venv/bin/mypy
	.venv/bin/lint-imports --no-logo

format: $(DEV) ## mend what can be mended by machine
	.venv/bin/ruff format
	.venv/bin/ruff check --fix

bench: $(DEV) ## measure; appends to benchmarks/results.jsonl
	$(PY) benchmarks/bench.py

soak: $(DEV) ## the long tests: clean installs, kills, floods, a cluster, a store, fuzzers; kept in benchmarks/soak.json
	-$(INSTALL) -e '.[soak]'
	@mkdir -p out
	@code=0; $(PY) -m pytest -m soak --timeout 1800 --junitxml out/soak.xml || code=$$?; \
	$(PY) docs/soak_page.py out/soak.xml && exit $$code

docs: $(DEV) ## generate the reference and build the site into site/
	$(PY) docs/generate.py
	.venv/bin/mkdocs build --strict --quiet

wheel: $(DEV) ## build and check the wheel and the sdist
	rm -rf dist && $(PY) -m build && .venv/bin/twine check --strict dist/* && .venv/bin/check-wheel-contents dist/*.whl

clean: ## forget everything that was made, the .venv too
	rm -rf .venv out dist build site .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

$(PY):
	$(PYTHON) -m venv .venv
	$(PY) -m pip install --disable-pip-version-check --quiet --upgrade pip

$(CORE): | $(PY)
	$(INSTALL) -e .
	@rm -f .venv/.core-*; touch $@

# A .venv for developing has all of it already.
$(STUDIO): | $(PY)
	@test -e $(DEV) || $(INSTALL) -e '.[studio]'
	@rm -f .venv/.studio-*; touch $@

# torch first and by its exact version: the plain name would bring gigabytes of GPU libraries on some machines.
$(DEV): | $(PY)
	$(INSTALL) 'torch==2.13.0'
	$(INSTALL) -e '.[dev,train]'
	@rm -f .venv/.dev-* .venv/.core-*; touch $@ $(CORE)
