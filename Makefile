# Every target sets up what it needs on a machine that has Python 3.11 and nothing else.
BIN := .venv/bin

# Tests and the demo start the bot many times; where Python may keep no compiled files, each start would compile it again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test check evasion torture mutants mutation bench statements over-held lock screenshots quick
demo:
	@tools/set-up runtime
	@$(BIN)/bridgepkg demo $(ARGS)

# Four workers for two cores: most of the time goes to waiting for processes, sockets and pages.
test: check
	@$(BIN)/python -m pytest -n 4 --dist worksteal $(ARGS)

# After each edit, within a minute: style, types, and what needs no process, socket or Postgres to say that a rule broke.
# Left out are the files that take longer than five seconds each; make test has everything.
QUICK := tests/transforms tests/profiles tests/authoring tests/blocks tests/house/test_shape.py \
	tests/bot/sources/test_mapping.py tests/bot/sources/test_expressions.py
LONG := test_noninterference.py test_noninterference_long.py test_leak_mutants.py test_replay.py test_evasion.py \
	test_leakscan.py test_bundle.py test_holds.py test_every_view.py

quick:
	@tools/set-up dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/python -m pytest -n 2 $(LONG:%=--ignore-glob='*/%') $(QUICK) $(ARGS)

check:
	@tools/set-up dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/bridgepkg profile lint profiles/*.yaml

# Every picture in docs/pictures, by walking the whole story in Chromium; a few minutes.
screenshots:
	@tools/set-up dev
	@$(BIN)/python -m tests.docs.make_pictures

# The leak scan against 37 families of disguise, and thousands of clean lines: a table, or ARGS=--json.
evasion:
	@tools/set-up dev
	@$(BIN)/python -m benchmarks.evasion $(ARGS)

# The long runs; what passed at this commit is not run again. ARGS are pytest's, such as a path or -k.
torture:
	@tools/set-up dev
	@$(BIN)/python -m tests.torture $(ARGS)

# Forty-five ways to leak, put into the core one by one, twenty-two to post too much, put into the shell, and the test
# that finds each.
mutants:
	@tools/set-up dev
	@$(BIN)/python -m tests.transforms.mutation $(ARGS)

# A random sample of cosmic-ray's mutants of the core, and what survives; ARGS="views secrets --sample 60 --seed 7", or
# of the shell: ARGS="lifecycle gateway recheck --each 15".
mutation:
	@tools/set-up dev
	@tools/set-up bench
	@.venv-bench/bin/python -m benchmarks.mutation $(ARGS)

# The leak scan beside Presidio and detect-secrets, in an environment of its own: a table, or ARGS=--json.
bench:
	@tools/set-up bench
	@.venv-bench/bin/python -m benchmarks.scan $(ARGS)

# What a draft, an approval, a release, a withdrawal and a status cost, in counts: a table, or ARGS=--json.
statements:
	@tools/set-up dev
	@$(BIN)/python -m benchmarks.statements $(ARGS)

# How much of what may be told is told, over the sample and over public incidents: a table, or ARGS=--json; minutes.
over-held:
	@tools/set-up dev
	@$(BIN)/python -m benchmarks.over_held $(ARGS)

# After a change of dependencies in pyproject.toml.
lock:
	uv pip compile pyproject.toml --extra build --extra demo --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q -o requirements/runtime.txt
	uv pip compile pyproject.toml --extra build --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q -c requirements/runtime.txt -o requirements/bot.txt
	uv pip compile pyproject.toml --extra dev --extra demo --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q -c requirements/runtime.txt -o requirements/dev.txt
	uv pip compile pyproject.toml --extra bench --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q -c requirements/runtime.txt -o requirements/bench.txt
