# make demo   convert the example document          (environment: .venv)
# make test   run every test that needs no GPU       (environment: .venv-test)
# make lint   ruff, mypy, import contracts           (environment: .venv-test)

PYTHON ?= python3
INTEGRATIONS = integrations/llama-index-readers-ocr2 integrations/langchain-ocr2
EDITABLE_INTEGRATIONS = $(addprefix -e ,$(INTEGRATIONS))
PROJECTS = pyproject.toml $(addsuffix /pyproject.toml,$(INTEGRATIONS))
TEST_BIN = .venv-test/bin

# NLTK, which LlamaIndex uses, refuses to read files that are hard links, as uv makes them by default.
export UV_LINK_MODE = copy

.PHONY: demo test lint format clean

demo: .venv/ready
	.venv/bin/python examples/demo.py

test: .venv-test/ready
	$(TEST_BIN)/python -m pytest -m "not gpu and not live" -n 2
	$(if $(CI),$(TEST_BIN)/python -m pytest -m live tests/packaging)

lint: .venv-test/ready
	$(TEST_BIN)/ruff check .
	$(TEST_BIN)/ruff format --check .
	$(TEST_BIN)/mypy
	for each in $(INTEGRATIONS); do (cd $$each && ../../$(TEST_BIN)/mypy) || exit 1; done
	$(TEST_BIN)/lint-imports

format: .venv-test/ready
	$(TEST_BIN)/ruff check --fix .
	$(TEST_BIN)/ruff format .

clean:
	rm -rf .venv .venv-test demo-output

.venv/ready: $(PROJECTS)
	$(call make_environment,.venv)
	.venv/bin/uv pip install --quiet --python .venv/bin/python -e '.[embedded]' $(EDITABLE_INTEGRATIONS)
	touch $@

# torch comes first and by its exact version, so that no resolver swaps it for another build.
.venv-test/ready: $(PROJECTS)
	$(call make_environment,.venv-test)
	.venv-test/bin/python -m pip install --quiet torch==2.13.0
	.venv-test/bin/uv pip install --quiet --python .venv-test/bin/python --group dev \
		-e '.[embedded,transformers,bench,endpoint,unstructured,docx,docling,filters]' $(EDITABLE_INTEGRATIONS)
	touch $@

define make_environment
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.11 $(MAKECMDGOALS)")'
	$(PYTHON) -m venv $(1)
	$(1)/bin/python -m pip install --quiet uv
endef
