# `make` alone lists the commands. Plain make and POSIX sh: macOS ships GNU make 3.81.
PYTHON ?= python3
SITE := site
SECOND := properdocs
PY := .venv/bin/python
FLOOR := .cache/floor
COMPARE := .cache/compare
# Two cores are common; pages share one process per file so that a file's order holds.
XDIST := -n 2 --dist loadfile
# One file of the browser's tests takes longer than all others: they are dealt out one by one.
BROWSERS := -n 3 --dist loadgroup
# The tests that need NumPy alone.
PACKAGE := tests/numpy_only tests/test_figures_files.py

.DEFAULT_GOAL := help
.NOTPARALLEL:
.DELETE_ON_ERROR:
.PHONY: help serve test check outputs read digits lint unit package coverage fuzz fuzzed mutants release frameworks site second browser \
  floor compare bench bench-thresholds bench-explorer bench-loading bench-gpu bench-pages

help:
	@echo 'make serve    read the site: set up, build both languages, serve, rebuild on change'
	@echo 'make test     everything: lint, types, package, frameworks, pages, site twice, browser, oldest NumPy'
	@echo 'make check    for every save: lint, types, package and page tests (under 2 minutes)'
	@echo 'make outputs  rewrite the outputs and marked numbers of the pages in place'
	@echo 'make read     both languages of what has changed were read side by side: record that'
	@echo 'make digits   how many changes of one digit on the pages the rules notice'
	@echo 'make fuzz     25,000 random calls in PyTorch and convref; make fuzz N=1000000 for more'
	@echo 'make mutants  change the package in thousands of small ways: a test must notice each'
	@echo 'make release TORCH=2.14.1  pages and comparisons against another release of PyTorch'
	@echo 'make compare  C, Verilog, and Paddle and MindSpore in an environment of their own (4 GB)'
	@echo 'make bench    how fast convref is, beside PyTorch and others; rewrites the results'
	@echo 'make bench-thresholds  what the engine loses if one of its thresholds is moved'
	@echo 'make bench-explorer  how long one update of the explorer takes'
	@echo 'make bench-loading  how long opening a long page blocks a phone'
	@echo 'make bench-gpu  what a GPU does with the same layers, beside the CPU'
	@echo 'make bench-pages  what a new page costs the tests: every lesson twice, in a copy'
	@echo
	@echo 'parts of test: make lint unit coverage fuzzed frameworks site second browser floor'
	@echo 'another Python: make PYTHON=python3.13 ...   another browser: make CHROMIUM=/path/to/it ...'

serve: .venv/.ready
	@$(PY) -m website.serve

test: .venv/.ready
	@$(PY) -m verify.parts lint+fuzzed unit coverage site+frameworks second browser floor

# What lint, unit and package run, the tests in one go.
check: lint
	$(PY) -m pytest $(XDIST) --ignore=tests/browser --ignore=tests/frameworks --ignore=tests/compare \
	  --ignore=tests/test_fuzz.py

outputs: .venv/.ready
	$(PY) -m verify.pages.outputs

# After reading what has changed in both languages: nothing but a reader can tell whether they agree.
read: .venv/.ready
	$(PY) -m verify.pages.reading

# Every digit of the pages changed, one at a time; then `make outputs`, for the page that states it.
digits: .venv/.ready
	$(PY) -m verify.pages.digits

# For as long as one likes: Ctrl-C ends it, and it says how to go on.
fuzz: .venv/.ready
	$(PY) -m verify.fuzz $(N)

# Pages and comparisons against another release of PyTorch: make release TORCH=2.14.1, or newest.
release: .venv/.ready
	$(PY) -m verify.releases $(TORCH)

lint: .venv/.ready
	$(PY) -m ruff check
	$(PY) -m ruff format --check
	$(PY) -m mypy
	$(PY) -m website.node @biomejs/biome/bin/biome check --error-on-warnings
	$(PY) -m website.node typescript/bin/tsc
	.venv/bin/actionlint .github/workflows/*.yml
	.venv/bin/zizmor --offline --persona pedantic --no-progress .github/workflows

unit: .venv/.ready
	$(PY) -m pytest $(XDIST) --ignore=tests/browser --ignore=tests/frameworks --ignore=tests/compare \
	  --ignore=tests/test_fuzz.py $(PACKAGE:%=--ignore=%)

# What `make test` runs as coverage, faster.
package: .venv/.ready
	$(PY) -m pytest -n 2 --dist worksteal $(PACKAGE)

# The package's own tests: every line and every branch.
coverage: .venv/.ready
	@mkdir -p .cache/coverage
	$(PY) -m coverage erase
	CI=1 $(PY) -m coverage run -m pytest -q -n 2 --dist worksteal $(PACKAGE)
	$(PY) -m coverage combine -q
	$(PY) -m coverage report

# Minutes. Ctrl-C ends it, and the same command goes on. make mutants JOBS=1 leaves a core alone.
mutants: .venv/.ready
	$(PY) -m verify.mutation $(if $(JOBS),--jobs $(JOBS))

# 25,000 calls in both libraries: too long for every save.
fuzzed: .venv/.ready
	$(PY) -m pytest tests/test_fuzz.py

# TensorFlow, JAX and ONNX: one process, since loading them takes longer than their tests.
frameworks: .venv/.frameworks
	$(PY) -m pytest tests/frameworks

# An address with a path: the browser tests serve the site below it, where a wrong link shows.
site: .venv/.ready
	SITE_URL=$${SITE_URL:-https://convref.invalid/convref/} $(PY) -m website.build --out $(SITE)

# Another builder, from the same sources: nothing of the site may hang on one.
second: site
	SITE_URL=$${SITE_URL:-https://convref.invalid/convref/} $(PY) -m website.build --builder $(SECOND) --out .cache/second
	diff -r $(SITE) .cache/second

# The site must be the one just built: `make browser` alone builds it too.
browser: site
	CHROMIUM=$$($(PY) -m website.chromium) || exit 1; export CHROMIUM; \
	SITE_DIR=$(SITE) $(PY) -m pytest $(BROWSERS) tests/browser

# Minutes, on a machine that does nothing else; then `make outputs`, for the page that shows it.
bench: .venv/.bench
	$(PY) -m benchmarks $(ARGS)

bench-thresholds: .venv/.bench
	$(PY) -m benchmarks.thresholds

bench-explorer: site
	CHROMIUM=$$($(PY) -m website.chromium) || exit 1; export CHROMIUM; \
	SITE_DIR=$(SITE) $(PY) -m benchmarks.explorer

bench-loading: site
	CHROMIUM=$$($(PY) -m website.chromium) || exit 1; export CHROMIUM; \
	SITE_DIR=$(SITE) $(PY) -m benchmarks.loading

# Needs a GPU of NVIDIA's; without one it says so, and writes nothing.
bench-gpu: .venv/.ready
	$(PY) -m benchmarks.gpu

# Half an hour, on a machine that does nothing else.
bench-pages: .venv/.ready
	CHROMIUM=$$($(PY) -m website.chromium) || exit 1; export CHROMIUM; \
	$(PY) -m benchmarks.pages

# --confcutdir keeps the pages' conftest out: it needs PyTorch, which this environment lacks on purpose.
floor: $(FLOOR)/.ready
	$(FLOOR)/bin/python -m pytest -n 2 --dist worksteal --confcutdir=tests/numpy_only tests/numpy_only

# No part of `make test`: two frameworks of gigabytes, with wheels for few versions of Python; and a
# C compiler and Icarus Verilog (on Debian: apt-get install gcc iverilog), which pip does not bring.
compare: $(COMPARE)/.ready
	$(COMPARE)/bin/python -m pytest --confcutdir=tests/compare tests/compare

# .ready comes last. An environment without it was interrupted, and is made anew: nobody knows what
# is half there. One that has it is brought up to date.
.venv/.ready: pyproject.toml constraints.txt
	@if test -f $@; then rm $@; else $(call make_venv,.venv); fi
	$(PY) -m pip install --disable-pip-version-check -e '.[site,test,draw]' -c constraints.txt
	@touch $@

# Gigabytes that only these tests need: `make serve` and `make check` do without.
.venv/.frameworks: .venv/.ready
	$(PY) -m pip install --disable-pip-version-check -e '.[site,test,draw,frameworks,bench]' -c constraints.txt
	@touch $@

.venv/.bench: .venv/.ready
	$(PY) -m pip install --disable-pip-version-check -e '.[site,test,draw,bench]' -c constraints.txt
	@touch $@

$(FLOOR)/.ready: pyproject.toml tests/numpy_only/requirements.txt
	@if test -f $@; then rm $@; else $(call make_venv,$(FLOOR)); fi
	$(FLOOR)/bin/python -m pip install --disable-pip-version-check -e . -r tests/numpy_only/requirements.txt
	@touch $@

$(COMPARE)/.ready: pyproject.toml tests/compare/requirements.txt
	@if test -f $@; then rm $@; else $(call make_venv,$(COMPARE)); fi
	$(COMPARE)/bin/python -m pip install --disable-pip-version-check -e . -r tests/compare/requirements.txt
	@touch $@

define make_venv
command -v $(PYTHON) >/dev/null || { \
  echo "$(PYTHON) was not found: install Python 3.11 or newer, or name one: make PYTHON=/path/to/python3" >&2; exit 1; }; \
$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
  echo "convref needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) -V 2>&1). Name a newer one: make PYTHON=python3.12" >&2; exit 1; }; \
$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
  echo "$(PYTHON) lacks venv (on Debian: apt-get install python3-venv)" >&2; exit 1; }; \
echo "creating the environment $(1) with $$($(PYTHON) -V 2>&1) ..."; \
$(PYTHON) -m venv --clear $(1)
endef
