#!/usr/bin/env bash
# The Java runtime that Spark wants in `make slow`; wheels that hold one lack a module that Spark asks for by name.
# Installed where that needs no question: as root on Debian or Ubuntu.
set -euo pipefail
java -version >/dev/null 2>&1 && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  apt-get update -qq || true  # away from the network, what is known serves
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends default-jre-headless >/dev/null
else
  echo "Spark wants Java 17 or later. Install it with your system's packages, then run make slow again." >&2
  exit 1
fi
