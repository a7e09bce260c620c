# `make help` lists what there is. Every target sets up by itself.

PY := .venv/bin/python
SETUP := scripts/setup.sh
export PYTHON

.DEFAULT_GOAL := help
.PHONY: help setup demo test test-slow bench clean

help:  ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup:  ## .venv with every pinned version; GPU=1 adds CUDA 12; PYTHON=... chooses the interpreter
	@$(SETUP) $(if $(filter 1 yes true,$(GPU)),--gpu)

demo: setup  ## VideoFlow and VideoFlow+AF trained, scored and sampled side by side (under 10 minutes)
	@.venv/bin/t2t-af compare --demo

test: setup  ## the fast tests
	@$(PY) -m pytest -m "not slow" $(ARGS)

test-slow: setup  ## the slow tests as well
	@$(PY) -m pytest $(ARGS)

bench: setup  ## graph sizes and build times against the stock VideoFlow
	@.venv/bin/t2t-af bench

clean:  ## removes what set-up and demo made
	rm -rf .venv demo build *.egg-info .pytest_cache
