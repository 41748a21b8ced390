# Two commands on a fresh machine do all: `make demo`, `make test`.
PYTHON ?= python3
export PYTHON
# Tests and the programs that they start are compiled once and kept, whatever the caller's shell says.
export PYTHONDONTWRITEBYTECODE :=
# Two more than processors: while some wait for a window to end or a server to start, the others work.
WORKERS := $(shell expr $$(getconf _NPROCESSORS_ONLN) + 2)
BIN := .venv/bin
POSTGRESQL := "postgresql:/usr/lib/postgresql/*/bin/postgres"
IAM_SIMULATE := nodejs:node npm:npm npm=tests/iam/simulate
RADOSGW := ceph-mon:ceph-mon ceph-osd:ceph-osd radosgw:radosgw
OPENID_PROVIDER := nodejs:node npm:npm npm=tests/oidc/npm
CHROMIUM := npm:npm npm=tests/pages/npm chromium:chromium fonts-dejavu-core:/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf
CHECKOV := tool=checkov
# What the pages have people type.
TYPED := jq:jq nginx-light:/usr/sbin/nginx openssl:openssl sqlite3:sqlite3
# What installs, a machine begun by systemd, and containers.
INSTALLERS := tool=installers systemd-container:systemd-nspawn python3-venv:/usr/share/doc/python3-venv podman:podman runc:runc debootstrap:debootstrap
CLIENTS := curl:curl rclone:rclone nodejs:node npm:npm npm=tests/enforcement/npm

.PHONY: help demo test check enforcement terraform installs lint bench pictures docs lock clean

help:  ## list the targets
	@grep -E '^[a-z]+:.*##' Makefile | sed 's/:.*## /\t/' | expand -t 13

demo:  ## install, start Liftgate with an embedded AWS, play the story, leave it running
	@tools/install.sh demo
	@$(BIN)/liftgate demo

test:  ## install, then check style, types and imports, and run every test
	@tools/install.sh dev $(POSTGRESQL) $(IAM_SIMULATE) $(RADOSGW) $(CLIENTS) $(TYPED) $(OPENID_PROVIDER) $(CHROMIUM) $(CHECKOV)
	@$(MAKE) --no-print-directory lint
	@$(BIN)/pytest -q -n $(WORKERS) --dist loadgroup

check:  ## the quick part of `make test`: two minutes
	@tools/install.sh dev
	@$(MAKE) --no-print-directory lint
	@$(BIN)/pytest -q -n auto -m "not slow"

enforcement:  ## try every case and fault on three enforcers; write and print docs/enforcement.md
	@tools/install.sh dev $(POSTGRESQL) $(RADOSGW) $(CLIENTS)
	@rm -rf build/enforcement && mkdir -p build/enforcement
	@ENFORCEMENT_RECORD=build/enforcement $(BIN)/pytest -q -n $(WORKERS) --dist loadgroup -r fE tests/enforcement tests/chaos tests/whole/test_whole_crashes*.py; \
		$(BIN)/python tools/enforcement_page.py build/enforcement

terraform:  ## apply what Liftgate writes, and its samples, by Terraform to the embedded AWS (minutes)
	@tools/install.sh dev
	@TERRAFORM_APPLY=1 $(BIN)/pytest -q -rs -n $(WORKERS) tests/deployment/test_deployment_terraform.py

installs:  ## install as the pages say: pip, pipx, uvx, a container, systemd, the demo (ten minutes)
	@tools/install.sh dev $(INSTALLERS)
	@LIFTGATE_INSTALLS=1 $(BIN)/pytest -q -rs tests/install

lint:
	@mkdir -p build
	@$(BIN)/ruff check -q .
	@$(BIN)/ruff format -q --check .
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/lint-imports --no-logo >build/lint-imports.txt 2>&1 || { cat build/lint-imports.txt; exit 1; }

bench:  ## measure, print ratios taken in one run, write docs/benchmarks.md
	@tools/install.sh dev $(POSTGRESQL) $(IAM_SIMULATE) $(RADOSGW)
	@$(BIN)/python -m bench

pictures:  ## take the pictures of pages under docs/pages anew
	@tools/install.sh dev $(CHROMIUM)
	@mkdir -p docs/pages
	@LIFTGATE_PICTURES=$$PWD/docs/pages $(BIN)/pytest -q tests/pages/test_pages_browser.py

docs:  ## write the generated pages under docs/
	@tools/install.sh dev
	@for tool in tools/generate_*_docs.py; do $(BIN)/python $$tool; done

lock:  ## resolve the pinned packages anew (needs uv)
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --upgrade --extra demo --extra postgresql --group build pyproject.toml -o requirements/demo.lock
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --upgrade --extra postgresql -c requirements/demo.lock pyproject.toml -o requirements/server.lock
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --upgrade --extra demo --extra postgresql --group build --group dev -c requirements/demo.lock pyproject.toml -o requirements/dev.lock
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --upgrade requirements/checkov.in -o requirements/checkov.lock
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --upgrade requirements/installers.in -o requirements/installers.lock

clean:  ## remove what the other targets made
	rm -rf .venv build .mypy_cache .ruff_cache .pytest_cache .hypothesis tests/iam/simulate/node_modules tests/enforcement/npm/node_modules tests/pages/npm/node_modules tests/oidc/npm/node_modules
