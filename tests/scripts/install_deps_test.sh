#!/usr/bin/env bash
# scripts/install-deps with a faked package system: what it asks for, and when nothing.
# shellcheck source=tests/scripts/support.sh
. "$(dirname "$0")/support.sh"
export WORK=$work

# A checkout of its own, so that .cache is the test's.
mkdir -p "$work/checkout/scripts"
cp -r "$root/scripts/install-deps" "$root/scripts/lib" "$work/checkout/scripts/"
install_deps=$work/checkout/scripts/install-deps

# Installed is what stands in $work/installed; apt's own part is only recorded.
fake dpkg-query <<'X'
shift 2
for name; do grep -qx "$name" "$WORK/installed" && echo "ii  $name"; done
exit 0
X
fake apt-get <<'X'
echo "apt-get $*" >>"$WORK/calls"
case " $* " in
  *" -s "*)
    if [[ -e $WORK/conflict ]]; then printf 'Reading\nRemv libboost1.74-dev [1.74]\n'; fi ;;
  *" download "*" prometheus "*) echo deb >prometheus_2.42.0_amd64.deb ;;
  *" download "*) echo deb >"libboost1.81-dev_1.81.0_amd64.deb" ;;
esac
X
fake dpkg <<'X'
[[ $1 == -x ]] || exit 1
if [[ $2 == *prometheus* ]]; then
  mkdir -p "$3/usr/bin" && echo '#!/bin/sh' >"$3/usr/bin/promtool" && chmod +x "$3/usr/bin/promtool"
  exit
fi
mkdir -p "$3/usr/include/boost" && touch "$3/usr/include/boost/url.hpp"
X
fake sudo <<'X'
echo "sudo $*" >>"$WORK/calls"
exec "$@"
X
cat >"$work/checkout/scripts/lib/apt-install" <<'X'
echo "install $*" >>"$WORK/calls"
X

run() {
  : >"$work/calls"
  "$install_deps" "$@" >"$work/output" 2>&1
}
all() { sed -n 's/^install //p' "$work/calls" | grep -v -- --update | tr ' ' '\n'; }

# Nothing is installed: the list is updated once, then all is asked for at once.
: >"$work/installed"
run --for demo || fail "a first run"
[[ $(grep -c 'install --update$' "$work/calls") == 1 ]] || fail "one update"
all >"$work/asked"
for name in g++ libboost1.81-dev tor firefox-esr; do expect "$name" "$work/asked"; done
for name in nginx clang libgtest-dev; do expect_not "$name" "$work/asked"; done
if ((EUID != 0)); then expect "sudo bash" "$work/calls"; else expect_not sudo "$work/calls"; fi

# What bundles the dashboard: not where there is a Node.js that is new enough, and its npm.
fake npm </dev/null
fake node <<'X'
[[ -e $WORK/old-node ]] && exit 1
exit 0
X
run --for build || fail "with a Node.js"
all >"$work/more"
expect_not nodejs "$work/more"
touch "$work/old-node"
run --for build || fail "with an old Node.js"
all >"$work/more"
expect nodejs "$work/more"
expect npm "$work/more"
rm "$work/old-node"

# Only what is missing.
cp "$work/asked" "$work/installed"
run --for test || fail "more packages"
all >"$work/more"
expect libgtest-dev "$work/more"
expect_not g++ "$work/more"

# Of Prometheus the tests need one program; a build needs none.
promtool=$work/checkout/.cache/promtool
if ! command -v promtool >/dev/null; then
  [[ -x $promtool ]] || fail "no promtool"
  rm "$promtool"
  run --for build || fail "a build"
  [[ ! -e $promtool ]] || fail "a build asks for promtool"
fi

# Nothing is missing: no apt, no sudo.
run --for demo || fail "nothing to do"
expect "nothing to do" "$work/output"
[[ ! -s $work/calls ]] || fail "it called $(cat "$work/calls")"

# An older Boost stays: the headers are unpacked, the package is not asked for.
grep -v libboost "$work/asked" >"$work/installed"
touch "$work/conflict"
run --for build || fail "beside another Boost"
[[ -f $work/checkout/.cache/boost-1.81/usr/include/boost/url.hpp ]] || fail "no headers"
[[ -z $(all) ]] || fail "it asked for $(all)"
run --for build || fail "with unpacked headers"
expect "nothing to do" "$work/output"

if run --for fun; then fail "an unknown purpose"; fi
if run --frob; then fail "an unknown option"; fi
expect "unknown argument '--frob'" "$work/output"
echo "install-deps: passed"
