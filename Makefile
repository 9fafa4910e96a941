# Jenjang: `make` atau `make help` menampilkan daftar perintah.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUNTIME := $(VENV)/.runtime
TOOLS := $(VENV)/.tools
# What pages are built from, and what of it is served; neither lies in git.
MODULES := node_modules/.installed
BUILT := templates/built/.made

# Every locked file is a wheel with a hash, and the lock is complete: nothing is built, nothing is resolved anew.
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps --only-binary :all:

COMPILE := CUSTOM_COMPILE_COMMAND='make lock' $(BIN)/pip-compile --quiet $(if $(UPGRADE),--upgrade) pyproject.toml --output-file

define WITHOUT_FUNDING
import json, pathlib
for file in (pathlib.Path("package-lock.json"), pathlib.Path("tests/audit/package-lock.json")):
    lock = json.loads(file.read_text())
    for package in lock["packages"].values():
        package.pop("funding", None)
    file.write_text(json.dumps(lock, indent=2) + "\n")
endef
export WITHOUT_FUNDING

# Whoever asks for it means their own programs: the tests start many processes, and each would compile all modules anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.SHELLFLAGS := -eu -c
.DELETE_ON_ERROR:

.PHONY: help
help: ## Tampilkan daftar perintah ini
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: setup
setup: $(RUNTIME) $(BUILT) ## Siapkan .venv dengan perintah .venv/bin/jenjang; OTEL=1 juga untuk mengirim jejak (OpenTelemetry)
	@$(if $(filter-out 0,$(OTEL)),$(INSTALL) --requirement requirements-otel.lock)

.PHONY: setup-tools
setup-tools: $(TOOLS) $(BUILT) ## Siapkan .venv beserta alat uji

.PHONY: demo
demo: $(RUNTIME) $(BUILT) ## Jalankan peragaan; ONCE=1 berhenti setelah selesai, DATA=folder memakai data lain
	$(BIN)/jenjang demo $(if $(filter-out 0,$(ONCE)),--once) $(if $(DATA),--data '$(DATA)')

.PHONY: cluster
cluster: $(TOOLS) $(BUILT) ## Peragaan pada dua server, dua worker, PostgreSQL dan proksi; ONCE=1 berhenti, ACCIDENTS=1 dengan kecelakaan
	$(BIN)/python -m tests.cluster $(if $(filter-out 0,$(ONCE)),--once) $(if $(filter-out 0,$(ACCIDENTS)),--accidents)

.PHONY: test
test: $(TOOLS) $(BUILT) ## Jalankan semua uji; DATABASE=postgresql menjalankan pada PostgreSQL yang biasanya hanya pada SQLite
	$(BIN)/pytest --numprocesses auto --maxprocesses 4 --dist worksteal --database $(or $(DATABASE),sqlite)

# What pytest prints at the end counts the kills; what was killed is noted in .bench/crash, so that a run goes on where it stopped.
.PHONY: crash
crash: $(TOOLS) $(BUILT) ## kill -9 di antara semua perintah SQL; ONLY=pola memilih, MINUTES=menit membatasi, ANEW=1 dari awal, DATABASE=sqlite
	$(BIN)/pytest -m long --numprocesses 0 tests/accidents
	for database in $(or $(DATABASE),sqlite postgresql); do \
		CRASH_ONLY='$(ONLY)' CRASH_MINUTES='$(MINUTES)' CRASH_ANEW='$(ANEW)' $(BIN)/pytest -p tests.accidents.crash --database $$database \
			--numprocesses auto --maxprocesses 4 --dist worksteal --timeout 3600 $$($(BIN)/python -m tests.accidents.following); \
	done

.PHONY: check
check: $(TOOLS) $(BUILT) ## Periksa gaya, tipe, arah impor, lalu jalankan semua uji
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/pytest --numprocesses auto --maxprocesses 4 --dist worksteal

.PHONY: format
format: $(TOOLS) ## Rapikan penulisan kode
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

.PHONY: language
language: $(TOOLS) $(BUILT) ## Kumpulkan teks halaman ke templates/language/en.po untuk diterjemahkan
	$(BIN)/python -m tests.language

.PHONY: bench
bench: $(TOOLS) $(BUILT) ## Ukur kecepatan (tests/bench); ONLY=bagian memilih satu bagian
	$(BIN)/python -m tests.bench $(ONLY)

.PHONY: load
load: $(TOOLS) $(BUILT) ## Sejam kerja sebuah daerah dalam lima menit (sejuta berkas); MINUTES=menit, CASES=banyak berkas, ONLY=load-sqlite
	LOAD_MINUTES='$(MINUTES)' LOAD_CASES='$(CASES)' $(BIN)/python -m tests.bench $(or $(ONLY),load-postgresql)

AUDIT := .bench/audit/.installed

$(AUDIT): tests/audit/package-lock.json .npmrc | $(MODULES)
	@mkdir -p $(@D) && cp tests/audit/package.json tests/audit/package-lock.json .npmrc $(@D)
	@$(BIN)/npm ci --silent --prefix $(@D)
	@touch $@

.PHONY: audit
audit: $(TOOLS) $(BUILT) $(AUDIT) ## Nilai halaman dengan Lighthouse; gagal bila ada nilai di bawah 95
	$(BIN)/python -m tests.audit

.PHONY: lock
lock: $(TOOLS) ## Kunci ulang ketergantungan menurut pyproject.toml, dengan Python 3.11; UPGRADE=1 mengambil versi terbaru
	$(COMPILE) requirements.lock --extra build
	$(COMPILE) requirements-otel.lock --extra otel --constraint requirements.lock
	$(COMPILE) requirements-dev.lock --extra tests --extra otel --constraint requirements.lock
	@# After its only blank line pip-compile warns that docopt is left out; pyproject.toml says why it is.
	@sed -i '/^$$/,$$d' requirements.lock requirements-otel.lock requirements-dev.lock
	$(BIN)/npm install --silent --package-lock-only
	$(BIN)/npm install --silent --package-lock-only --omit-lockfile-registry-resolved --prefix tests/audit
	@# Whom to give money is an address too.
	@$(BIN)/python -c "$$WITHOUT_FUNDING"

.PHONY: clean
clean: ## Hapus semua yang dibuat make: .venv, halaman, demo, tembolok
	rm -rf $(VENV) node_modules templates/built .bench demo build *.egg-info .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
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

# The hashes in the lock say what must come; nothing of it is run but sass.
$(MODULES): package-lock.json .npmrc | $(RUNTIME)
	@echo 'Mengambil bahan gaya dan skrip halaman ...'
	@$(BIN)/npm ci --silent
	@touch $@

SASS := $(BIN)/node node_modules/sass/sass.js --no-source-map --quiet-deps --style=compressed
FONT := node_modules/@fontsource-variable/public-sans
SERVED := $(wildcard templates/pages/styles/*.scss templates/pages/scripts/*.js templates/pages/images/* templates/pages/licences/*)
ENGLISH := templates/language/en.po

$(BUILT): $(SERVED) $(ENGLISH) $(MODULES)
	@echo 'Menyusun gaya dan skrip halaman ...'
	@# What fails here leaves what was made before.
	@$(SASS) templates/pages/styles/pages.scss node_modules/.app.css
	@$(BIN)/pybabel --quiet compile --locale en --input-file $(ENGLISH) --output-file node_modules/.en.mo
	@rm -rf $(@D) && mkdir $(@D) && mv node_modules/.app.css $(@D)/app.css && mv node_modules/.en.mo $(@D)/en.mo
	@cp templates/pages/scripts/*.js templates/pages/images/* \
		node_modules/govuk-frontend/dist/govuk/govuk-frontend.min.js $(@D)
	@# No source map is served, so none is promised.
	@sed -i '/^\/\/# sourceMappingURL=/d' $(@D)/*.min.js
	@for range in latin latin-ext; do \
		cp $(FONT)/files/public-sans-$$range-wght-normal.woff2 $(@D)/public-sans-$$range.woff2; done
	@for part in 'GOV.UK Frontend:templates/pages/licences/govuk-frontend.txt' 'Public Sans:$(FONT)/LICENSE'; do \
		printf '%s\n\n' "$${part%%:*}"; cat "$${part#*:}"; printf '\n\n'; done > $(@D)/licences.txt
	@touch $@
