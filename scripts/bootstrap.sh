#!/usr/bin/env bash
# Finds a Python of 3.12 or later and a uv, installing uv beside the project where there is none,
# and prints the path of uv. Everything it writes is under .tools/.
set -euo pipefail
cd "$(dirname "$0")/.."

newest_python() {
  local candidate
  for candidate in python3.14 python3.13 python3.12 python3 \
      $(ls -d "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.1[2-9]*/bin/python3 2>/dev/null | sort -rV); do
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 12))' 2>/dev/null; then
      "$candidate" -c 'import sys; print(sys.executable)'
      return
    fi
  done
  echo "Colloque needs Python 3.12 or later: none was found on PATH or under pyenv's versions folder." >&2
  exit 1
}

python=$(newest_python)
if command -v uv >/dev/null 2>&1; then
  uv=$(command -v uv)
else
  uv=$PWD/.tools/bin/uv
  if [ ! -x "$uv" ]; then
    echo "Installing uv under .tools" >&2
    "$python" -m venv .tools
    .tools/bin/pip install --quiet --disable-pip-version-check uv >&2
  fi
fi
echo "$uv $python"
