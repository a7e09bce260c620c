# `make help` lists what there is. Every target sets up by itself.

PY := .venv/bin/python
SETUP := scripts/setup.sh
# A module's fixtures are made once, so its tests stay in one process.
PYTEST := $(PY) -m pytest -n 2 --dist loadfile --durations=20
export PYTHON

.DEFAULT_GOAL := help
.PHONY: help setup demo test test-slow test-faults test-onednn-off test-random coverage lint format docs bench clean

help:  ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup:  ## .venv with every pinned version; GPU=1 adds CUDA 12; PYTHON=... chooses the interpreter
	@$(SETUP) $(if $(filter 1 yes true,$(GPU)),--gpu)

demo: setup  ## VideoFlow and VideoFlow+AF trained, scored and sampled side by side (6 to 11 minutes on two cores)
	@.venv/bin/t2t-af compare --demo

test: setup  ## the fast tests, in two processes; ARGS=... goes to pytest
	@$(PYTEST) -m "not slow" $(ARGS)

test-slow: setup  ## the slow tests as well
	@$(PYTEST) $(ARGS)

test-faults: setup  ## commands killed, disks that fail, files changed, bits flipped (long); SEED=N
	@$(PY) -m tests.faults --seed=$(or $(SEED),0)

test-random: setup  ## the fast tests in random order, with random hashes; SEED=N repeats
	@seed=$(or $(SEED),$$(od -An -N2 -tu2 /dev/urandom | tr -d ' ')); \
	echo "to repeat: make test-random SEED=$$seed"; \
	PYTHONHASHSEED=$$seed $(PYTEST) -p randomly --randomly-seed=$$seed -m "not slow" $(ARGS)

coverage: setup  ## the lines that no fast test runs
	@$(PY) -m coverage run -m pytest -m "not slow" $(ARGS)
	@$(PY) -m coverage report --skip-covered --show-missing

lint: setup  ## format, imports, common mistakes (ruff) and types (mypy)
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy

format: setup  ## formats every file and sorts its imports
	@$(PY) -m ruff check --fix .
	@$(PY) -m ruff format .

# What reads docstrings needs none of the project's packages.
.venv-docs/done: requirements-docs.txt
	@rm -rf .venv-docs
	@echo "setting up .venv-docs, once: a minute or two"
	@$(or $(PYTHON),python3) -m venv .venv-docs
	@.venv-docs/bin/pip install --disable-pip-version-check --no-deps \
	  -r requirements-docs.txt >.venv-docs/log 2>&1 || \
	  { tail -n 5 .venv-docs/log; exit 1; }
	@touch $@

docs: .venv-docs/done  ## the site of README, docs/ and the API's docstrings, in site/; every link is checked
	@NO_MKDOCS_2_WARNING=1 .venv-docs/bin/mkdocs build --strict --quiet
	@echo "site/index.html; with a search: python3 -m http.server -d site"

# The tests of what takes another path where TensorFlow does without oneDNN.
test-onednn-off: setup  ## dilated convolutions as on CPUs where TensorFlow leaves oneDNN off
	@TF_ENABLE_ONEDNN_OPTS=0 $(PYTEST) -m "not slow" tests/compat \
	  tests/networks/test_layers.py tests/networks/test_temporal_resnet.py \
	  tests/models/test_video_flow_equals_stock.py $(ARGS)

bench: setup  ## speed and memory, all of it in one table (an hour and a half; killed, it goes on); ARGS=--quick
	@.venv/bin/t2t-af bench all $(ARGS)

clean:  ## removes what set-up and demo made
	rm -rf .venv .venv-docs site demo build *.egg-info .pytest_cache .mypy_cache .ruff_cache .coverage
