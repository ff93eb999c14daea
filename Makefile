# Spotizer: every target sets up what it needs first. `make help` lists them.
.DEFAULT_GOAL := help
.PHONY: help run demo test bench soak lint lock doctor setup setup-dev

PY := .venv/bin/python

help:  ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

run: setup  ## start Spotizer at http://127.0.0.1:7171
	@exec $(PY) manage.py serve

demo: setup  ## the same with invented music: no account, no internet, its own data
	@SPOTIZER_DEMO=1 exec $(PY) manage.py serve

doctor: setup  ## check this machine, and say how to mend what is wrong
	@exec $(PY) manage.py doctor

test: setup-dev  ## every check and every test
	@exec $(PY) scripts/test.py

lint: setup-dev  ## the checks that need no test: style, types, imports, templates, migrations
	@exec $(PY) scripts/test.py --only-checks

bench: setup-dev  ## the measurements at full size
	@exec $(PY) scripts/test.py --bench 1

soak: setup-dev  ## the long run with kills at random moments
	@exec $(PY) scripts/test.py --soak 1

lock: setup-dev  ## write the lock files anew from pyproject.toml
	@exec sh scripts/lock.sh

setup:
	@sh scripts/setup.sh requirements.lock

setup-dev:
	@sh scripts/setup.sh requirements-dev.lock
