#!/bin/sh
# Install what a make target needs: a virtual environment with pinned, hashed packages, and on Debian as root the
# system packages. Usage: tools/install.sh demo|dev [DEBIAN-PACKAGE:COMMAND-OR-PATH-PATTERN ...] [npm=FOLDER ...] [tool=NAME ...]
set -eu
cd "$(dirname "$0")/.."

what=$1
shift
python=${PYTHON:-python3}

may_apt() { [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; }

apt_install() {
    echo "installing from Debian: $*"
    DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@" >/dev/null 2>&1 || {
        apt-get update -q >/dev/null 2>&1
        DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@" >/dev/null
    }
}

missing() { echo "MISSING: $1. What needs it will not run, and will say so. $2" >&2; }

# The npm packages that a folder's package-lock.json pins by hash; their install scripts do not run.
npm_install() {
    cmp -s "$1/package-lock.json" "$1/node_modules/installed" && return
    if ! command -v npm >/dev/null 2>&1; then
        missing "npm" "Debian: apt install nodejs npm"
        return
    fi
    echo "installing the npm packages of $1"
    if (cd "$1" && npm ci --ignore-scripts --no-audit --no-fund --silent); then
        cp "$1/package-lock.json" "$1/node_modules/installed"
    else
        missing "the npm packages of $1" "Try: cd $1 && npm ci --ignore-scripts"
    fi
}

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
    echo "Liftgate needs Python 3.11 or newer; $python is $("$python" --version 2>&1). Try: make PYTHON=python3.12 $what" >&2
    exit 1
}

# A program that pins what it needs to the letter, so that it cannot live beside the rest: in an environment of its own.
tool_install() {
    cmp -s "requirements/$1.lock" ".venv/$1/installed" && return
    echo "installing $1 and $(grep -c == "requirements/$1.lock") pinned packages into .venv/$1 (about a minute, once)"
    if "$python" -m venv ".venv/$1" && ".venv/$1/bin/python" -m pip install -q --disable-pip-version-check --no-input --require-hashes -r "requirements/$1.lock"; then
        cp "requirements/$1.lock" ".venv/$1/installed"
    else
        missing "the program \`$1\`" "Try: .venv/$1/bin/pip install -r requirements/$1.lock"
    fi
}

for wanted in "$@"; do
    case $wanted in tool=*) continue ;; npm=*)
        npm_install "${wanted#npm=}"
        continue
        ;;
    esac
    package=${wanted%%:*}
    found=no
    for candidate in ${wanted#*:}; do
        if command -v "$candidate" >/dev/null 2>&1 || [ -e "$candidate" ]; then found=yes; fi
    done
    [ $found = yes ] && continue
    if may_apt; then
        apt_install "$package" || missing "the system package \`$package\`" "Debian could not install it."
    else
        missing "the system package \`$package\`" "Debian: apt install $package"
    fi
done

if [ ! -x .venv/bin/python ]; then
    "$python" -m venv .venv >/dev/null 2>&1 || {
        rm -rf .venv
        if may_apt; then
            apt_install python3-venv && "$python" -m venv .venv
        else
            echo "$python cannot make a virtual environment. Debian: apt install python3-venv" >&2
            exit 1
        fi
    }
fi

lock=requirements/$what.lock
stamp=.venv/installed-$what
if [ ! -e "$stamp" ] || ! cmp -s "$lock" "$stamp" || [ pyproject.toml -nt "$stamp" ]; then
    echo "installing Liftgate and $(grep -c == "$lock") pinned packages into .venv (about a minute, once)"
    .venv/bin/python -m pip --version >/dev/null 2>&1 || .venv/bin/python -m ensurepip >/dev/null
    .venv/bin/python -m pip install -q --disable-pip-version-check --no-input --require-hashes -r "$lock"
    .venv/bin/python -m pip install -q --disable-pip-version-check --no-input --no-deps --no-build-isolation -e .
    cp "$lock" "$stamp"
fi

for wanted in "$@"; do
    case $wanted in tool=*) tool_install "${wanted#tool=}" ;; esac
done
