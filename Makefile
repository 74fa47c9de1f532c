# Every target sets up what it needs on a machine that has Python 3.11 and nothing else.
BIN := .venv/bin

.PHONY: demo test check lock screenshots
demo:
	@tools/set-up runtime
	@$(BIN)/bridgepkg demo $(ARGS)

test: check
	@$(BIN)/python -m pytest -n 2 --dist worksteal $(ARGS)

check:
	@tools/set-up dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache

# Every picture in docs/pictures, by walking the whole story in Chromium; a few minutes.
screenshots:
	@tools/set-up dev
	@$(BIN)/python -m tests.docs.make_pictures

# After a change of dependencies in pyproject.toml.
lock:
	uv pip compile pyproject.toml --extra build --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q -o requirements/runtime.txt
	uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q -c requirements/runtime.txt -o requirements/dev.txt
