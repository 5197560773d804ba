# make demo          convert the example document                        (environment: .venv)
# make test          run every test that needs no GPU                    (environment: .venv-test, as are the next four)
# make test-fast     the tests that end within a second or so, for the loop of a developer
# make coverage      the tests again, with the lines and branches that they reach
# make lint          ruff, mypy, import contracts, the documentation
# make docs          build the documentation into site/
# make lock          choose the newest versions for all of the above, and write them down in constraints.txt
# make test-newest   run the tests on the newest versions that pyproject.toml admits   (environment: .venv-newest)
# make test-lowest   run the tests on the lowest                                       (environment: .venv-lowest)

PYTHON ?= python3
INTEGRATIONS = integrations/llama-index-readers-ocr2 integrations/langchain-ocr2
EDITABLE_INTEGRATIONS = $(addprefix -e ,$(INTEGRATIONS))
PROJECTS = pyproject.toml $(addsuffix /pyproject.toml,$(INTEGRATIONS))
TESTED_EXTRAS = embedded,transformers,bench,endpoint,unstructured,docx,docling,filters,heif,repair
TEST_BIN = .venv-test/bin
LOCKED = --constraint constraints.txt
PYTEST = $(TEST_BIN)/python -m pytest -m "not gpu and not live"

# NLTK, which LlamaIndex uses, refuses to read files that are hard links, as uv makes them by default.
export UV_LINK_MODE = copy
export UV_BUILD_CONSTRAINT = constraints.txt
# Each of the hundreds of programs that the tests start would compile all that it imports anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test test-fast coverage lint format docs lock test-newest test-lowest clean

demo: .venv/ready
	.venv/bin/python examples/demo.py

test: .venv-test/ready
	$(PYTEST) -n 3 --dist worksteal
	$(if $(CI),$(TEST_BIN)/python -m pytest -m live tests/packaging)

test-fast: .venv-test/ready
	$(TEST_BIN)/python -m pytest -m "not gpu and not live and not slow" -n 3 --dist worksteal

coverage: .venv-test/ready
	$(PYTEST) -n 3 --dist worksteal --cov --cov-report=term:skip-covered

lint: .venv-test/ready docs
	$(TEST_BIN)/ruff check .
	$(TEST_BIN)/ruff format --check .
	$(TEST_BIN)/mypy
	for each in $(INTEGRATIONS); do (cd $$each && ../../$(TEST_BIN)/mypy) || exit 1; done
	$(TEST_BIN)/lint-imports

# Not --quiet: MkDocs would count no warnings then, and --strict would mean nothing.
docs: .venv-test/ready
	NO_MKDOCS_2_WARNING=1 $(TEST_BIN)/mkdocs build --strict

format: .venv-test/ready
	$(TEST_BIN)/ruff check --fix .
	$(TEST_BIN)/ruff format .

test-newest test-lowest: test-%: .venv-test/ready
	$(TEST_BIN)/python -m tests.versions $* --environment .venv-$* --extras $(TESTED_EXTRAS) $(if $(TORCH),--torch $(TORCH))

clean:
	rm -rf .venv .venv-* demo-output site

.venv/ready: $(PROJECTS) constraints.txt
	$(call make_environment,.venv)
	.venv/bin/uv pip install --quiet --python .venv/bin/python $(LOCKED) -e '.[embedded]' $(EDITABLE_INTEGRATIONS)
	touch $@

# pip brings torch, without its requirements, before uv asks for it: where pip knows of a build for this machine (for
# processors alone, say), uv does not swap it for the one on the index.
.venv-test/ready: $(PROJECTS) constraints.txt
	$(call make_environment,.venv-test)
	.venv-test/bin/python -m pip install --quiet --no-deps $(LOCKED) torch
	.venv-test/bin/uv pip install --quiet --python .venv-test/bin/python $(LOCKED) --group dev \
		-e '.[$(TESTED_EXTRAS)]' $(EDITABLE_INTEGRATIONS)
	touch $@

# torch keeps its version until somebody changes it here: builds for processors alone exist for few of them.
lock: .venv-lock/ready
	printf '%s\n' torch==2.13.0 uv hatchling '-e .[$(TESTED_EXTRAS)]' $(foreach each,$(INTEGRATIONS),'-e $(each)') | \
		.venv-lock/bin/uv pip compile --quiet --upgrade --universal --python-version 3.11 --group dev --no-annotate --custom-compile-command "make lock" \
		$(addprefix --no-emit-package ,ocr2-loaders $(notdir $(INTEGRATIONS))) -o constraints.txt -

.venv-lock/ready:
	$(call make_environment,.venv-lock)
	touch $@

define make_environment
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.11 $(MAKECMDGOALS)")'
	$(PYTHON) -m venv $(1)
	$(1)/bin/python -m pip install --quiet $(LOCKED) uv
endef
