# Everything that a fresh machine needs is set up by the first target that needs it.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/ready
UV := $(BIN)/python -m uv

.DEFAULT_GOAL := help
.PHONY: help demo test slow faults check format bench bench-gpu docs models system clean

help: ## show this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):[^#]*## /\1\t/' | expand -t 12

$(READY): pyproject.toml constraints.txt hatch_build.py | system
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt uv
	$(UV) pip install --python $(BIN)/python --constraint constraints.txt --group dev --editable '.[all,smplx]'
	@touch $(READY)

system:
	@$(PYTHON) -c "from ctypes.util import find_library as f; raise SystemExit(not (f('EGL') and f('GL')))" || \
	  { echo "libEGL or libGL is missing; install them with: apt-get install libegl1 libgl1 libgl1-mesa-dri"; exit 1; }

demo: $(READY) ## the whole loop in four to ten minutes: draw, score, train, evaluate; then look at demo/
	$(BIN)/python scripts/demo.py demo

test: $(READY) ## quick tests
	$(BIN)/python -m pytest -n 2 --dist loadscope -m "not slow and not faults"

slow: $(READY) ## proofs that take minutes
	$(BIN)/python -m pytest -n 2 -m "slow and not faults"

faults: $(READY) ## the full counts of what is proved in part by the others, such as 200 kills
	$(BIN)/python -m pytest -n 2 -m faults

check: $(READY) ## lint, format and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(READY) ## rewrite the code in house format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(READY) ## speed, as ratios measured side by side in one run
	$(BIN)/python scripts/bench

bench-gpu: $(READY) ## text-to-video on a GPU: clips an hour, peak memory, overhead
	$(BIN)/python scripts/bench/gpu.py

models: $(READY) ## train what ships anew, from nothing: hours, and a killed run goes on
	$(BIN)/python scripts/pretrain_small.py build/models
	$(BIN)/python scripts/train_clip_tiny.py build/models

docs: $(READY) ## rewrite the generated pages of docs/
	$(BIN)/python scripts/write_docs.py

clean: ## remove what the other targets made
	rm -rf $(VENV) demo dist build
