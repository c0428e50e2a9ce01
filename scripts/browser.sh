#!/usr/bin/env bash
# The browser and the relay that the tests drive, and with `browser.sh firefox` the second engine that `make slow` looks at.
# Installed where that needs no question: as root on Debian or Ubuntu.
set -euo pipefail
has() { command -v "$1" >/dev/null 2>&1; }
missing=()
has chromium || has chromium-browser || missing+=(chromium)
has turnserver || missing+=(coturn)
if [ "${1:-}" = firefox ]; then
  has firefox-esr || has firefox || missing+=(firefox-esr)
fi
can_install() { [ "$(id -u)" = 0 ] && has apt-get; }
# Chromium's engine without its windows, where the system packages it (Debian does): journeys cost half as much (tests/engine.py).
shell=chromium-headless-shell
if ! has "$shell" && can_install; then
  apt-get update -qq || true  # away from the network, what is installed serves
  if apt-cache show "$shell" >/dev/null 2>&1; then missing+=("$shell"); fi
fi
[ ${#missing[@]} -eq 0 ] && exit 0
if can_install; then
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
else
  echo "The tests need ${missing[*]}. Install it with your system's packages, then run make test again." >&2
  exit 1
fi
