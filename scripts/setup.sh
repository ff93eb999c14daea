#!/bin/sh
# Makes .venv from a lock file: at once when it is there, anew when the lock or the Python changed.
#   setup.sh requirements.lock | requirements-dev.lock
# Needs Python 3.11 or newer with its venv module, and nothing else. PYTHON names another interpreter.
set -eu
lock=$1
venv=.venv
cd "$(dirname "$0")/.."

fail() {
    printf '\n%s\n' "$@" >&2
    exit 1
}

is_new_enough() {
    command -v "$1" >/dev/null 2>&1 && "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

find_python() {
    for name in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11}; do
        if is_new_enough "$name"; then
            echo "$name"
            return
        fi
    done
}

# One stamp a lock file. The runtime lock is part of the dev lock, so the dev stamp serves for both.
is_ready() {
    [ -x $venv/bin/python ] && $venv/bin/python -c '' 2>/dev/null || return 1
    cmp -s "$lock" "$venv/installed-$lock" && return 0
    [ "$lock" = requirements.lock ] && cmp -s requirements.lock $venv/with-dev-requirements.lock
}

is_ready && exit 0

# Two at once: the second waits, then finds all done.
if command -v flock >/dev/null 2>&1 && [ -z "${SPOTIZER_SETUP_LOCKED:-}" ]; then
    SPOTIZER_SETUP_LOCKED=1 exec flock .venv.lock sh scripts/setup.sh "$lock"
fi

if ! [ -x $venv/bin/python ] || ! is_new_enough $venv/bin/python || ! $venv/bin/python -m pip --version >/dev/null 2>&1; then
    python=$(find_python)
    [ -n "$python" ] || fail \
        "Spotizer needs Python 3.11 or newer, and finds ${PYTHON:-none}." \
        "Debian 12, Ubuntu 24.04 and newer have it: sudo apt install python3 python3-venv" \
        "Elsewhere install it and say where it is: make run PYTHON=/path/to/python3.12"
    "$python" -c 'import venv, ensurepip' >/dev/null 2>&1 || fail \
        "$python has no venv module: on Debian and Ubuntu it is a package of its own." \
        "Install it and try again: sudo apt install python3-venv"
    rm -rf $venv
    "$python" -m venv $venv || {
        rm -rf $venv
        fail "The virtual environment $venv could not be made (see above)." "Is this folder writable, and is there room on the disk?"
    }
fi

echo "Installing what Spotizer needs (once; about 600 MB on disk) ..." >&2
rm -f $venv/installed-* $venv/with-dev-*
$venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input --require-hashes -r "$lock" || fail \
    "The packages of $lock could not be installed (see above)." \
    "The first start needs the internet; later ones do not. Try again: it goes on where it stopped."
cp "$lock" "$venv/installed-$lock"
[ "$lock" = requirements.lock ] || cp requirements.lock $venv/with-dev-requirements.lock
