# Shared by the tests of the scripts; sourced, not run.
# shellcheck shell=bash disable=SC2034
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
  echo "FAILED: $*" >&2
  if [[ -f $work/output ]]; then sed 's/^/  | /' "$work/output" >&2; fi
  exit 1
}
# expect TEXT FILE: the file has the text in one of its lines.
expect() { grep -qF -- "$1" "$2" || fail "no '$1' in $2"; }
expect_not() { if grep -qF -- "$1" "$2"; then fail "'$1' in $2"; fi; }

# fake NAME: a program of that name from standard input, before all others in PATH.
mkdir -p "$work/bin"
fake() {
  { echo '#!/bin/bash' && cat; } >"$work/bin/$1"
  chmod +x "$work/bin/$1"
}
PATH=$work/bin:$PATH
