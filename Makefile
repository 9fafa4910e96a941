# Jenjang: `make` atau `make help` menampilkan daftar perintah.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUNTIME := $(VENV)/.runtime
TOOLS := $(VENV)/.tools

# Every locked file is a wheel with a hash, and the lock is complete: nothing is built, nothing is resolved anew.
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps --only-binary :all:

COMPILE := CUSTOM_COMPILE_COMMAND='make lock' $(BIN)/pip-compile --quiet $(if $(UPGRADE),--upgrade) pyproject.toml --output-file

# Whoever asks for it means their own programs: the tests start many processes, and each would compile all modules anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.SHELLFLAGS := -eu -c
.DELETE_ON_ERROR:

.PHONY: help
help: ## Tampilkan daftar perintah ini
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: setup
setup: $(RUNTIME) ## Siapkan .venv dengan perintah .venv/bin/jenjang

.PHONY: setup-tools
setup-tools: $(TOOLS) ## Siapkan .venv beserta alat uji

.PHONY: demo
demo: $(RUNTIME) ## Jalankan peragaan; ONCE=1 berhenti setelah selesai, DATA=folder memakai data lain
	$(BIN)/jenjang demo $(if $(filter-out 0,$(ONCE)),--once) $(if $(DATA),--data '$(DATA)')

.PHONY: test
test: $(TOOLS) ## Jalankan semua uji
	$(BIN)/pytest --numprocesses auto --maxprocesses 4 --dist worksteal

.PHONY: check
check: $(TOOLS) ## Periksa gaya, tipe, arah impor, lalu jalankan semua uji
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/pytest --numprocesses auto --maxprocesses 4 --dist worksteal

.PHONY: format
format: $(TOOLS) ## Rapikan penulisan kode
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

.PHONY: bench
bench: $(TOOLS) ## Ukur kecepatan (tests/bench); ONLY=bagian memilih satu bagian
	$(BIN)/python -m tests.bench $(ONLY)

.PHONY: lock
lock: $(TOOLS) ## Kunci ulang ketergantungan menurut pyproject.toml, dengan Python 3.11; UPGRADE=1 mengambil versi terbaru
	$(COMPILE) requirements.lock
	$(COMPILE) requirements-dev.lock --extra tests --constraint requirements.lock
	@# After its only blank line pip-compile warns that docopt is left out; pyproject.toml says why it is.
	@sed -i '/^$$/,$$d' requirements.lock requirements-dev.lock

.PHONY: clean
clean: ## Hapus semua yang dibuat make: .venv, demo, tembolok
	rm -rf $(VENV) .bench demo build *.egg-info .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find api workflow policies tests -type d -name __pycache__ -prune -exec rm -rf {} +

# Running needs fewer system packages than testing. Checked every time (it is quick), but never makes a stamp look old:
# hence the bars below.
PURPOSE := $(if $(filter-out help setup demo clean,$(MAKECMDGOALS)),tests,demo)

.PHONY: system
system:
	@PYTHON='$(PYTHON)' .ci/system-packages $(PURPOSE)

$(RUNTIME): requirements.lock pyproject.toml | system
	@echo 'Menyiapkan $(VENV) (sekali saja, sekitar satu menit) ...'
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear $(VENV)
	@$(INSTALL) --requirement requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(TOOLS): requirements-dev.lock $(RUNTIME) | system
	@echo 'Menambahkan alat uji ke $(VENV) ...'
	@$(INSTALL) --requirement requirements-dev.lock
	@touch $@
