#!/usr/bin/env bash
# The package perfd::formats: installed alone, found, and used by the example on real files.
#
#   package_test.sh BUILD COMPILER BOOST_ROOT SANITIZERS
# shellcheck source=tests/scripts/support.sh
. "$(dirname "$0")/support.sh"

build=$1 compiler=$2 boost=$3 sanitizers=$4
prefix=$work/prefix

cmake --install "$build" --component formats --prefix "$prefix" >"$work/output" 2>&1 ||
  fail "the package can't be installed"

# Only what others need; no header asks for one that is not there, or by perfd's own paths.
if [[ -n $(find "$prefix" -path '*onionperf/*' -o -name 'json_object.h' -o -path '*/bin/*') ]]; then
  fail "perfd's own parts are installed"
fi
while IFS=: read -r file include; do
  [[ $include =~ \"(.*)\" ]]
  [[ -f $prefix/include/${BASH_REMATCH[1]} ]] || fail "$file includes ${BASH_REMATCH[1]}"
done < <(grep -r '^#include "' "$prefix/include")

settings=("-DCMAKE_CXX_COMPILER=$compiler" "-DPERFD_BOOST_ROOT=$boost")
if [[ -n $sanitizers ]]; then settings+=("-DCMAKE_CXX_FLAGS=-fsanitize=$sanitizers"); fi
# Not from the checkout: nothing of it may be needed.
cp -r "$root/examples/formats" "$work/example"
cmake -S "$work/example" -B "$work/build" "-DCMAKE_PREFIX_PATH=$prefix" "${settings[@]}" \
  >"$work/output" 2>&1 || fail "the example can't be configured"
cmake --build "$work/build" >"$work/output" 2>&1 || fail "the example can't be built"

# What the header shows is a program.
mkdir "$work/shown"
sed -n '/^\/\/   #include <perfd/,/^\/\/   }$/s/^\/\/   //p' "$prefix/include/perfd/formats.h" \
  >"$work/shown/main.cpp"
cp "$work/example/CMakeLists.txt" "$work/shown"
cmake -S "$work/shown" -B "$work/shown/build" "-DCMAKE_PREFIX_PATH=$prefix" "${settings[@]}" \
  >"$work/output" 2>&1 || fail "the header's example can't be configured"
cmake --build "$work/shown/build" >"$work/output" 2>&1 || fail "the header's example can't be built"
"$work/shown/build/read_results" "$root/tests/data/page-load.jsonl" >"$work/output" ||
  fail "the header's example does not run"
expect " ok " "$work/output"

# Another minor version promises nothing.
sed 's/perfd 0\.1 /perfd 0.99 /' "$work/example/CMakeLists.txt" >"$work/CMakeLists.txt"
mkdir "$work/other" && mv "$work/CMakeLists.txt" "$work/example/main.cpp" "$work/other"
if cmake -S "$work/other" -B "$work/other/build" "-DCMAKE_PREFIX_PATH=$prefix" "${settings[@]}" \
  >"$work/output" 2>&1; then
  fail "a version that is not there is found"
fi

read_results() { "$work/build/read_results" "$@" >"$work/output" 2>&1; }
data=$root/tests/data
lines() { [[ $(wc -l <"$work/output") == "$1" ]] || fail "not $1 lines of $2"; }

read_results "$data/onionperf-3.0.json" "$work/hk5.tpf" || fail "the analysis can't be read"
lines 5 "the analysis"
expect "op-hk5 2021-01-01T00:01:49Z ok 4.134 34.725" "$work/output"
read_results "$work/hk5.tpf" || fail "the .tpf that was written can't be read"
lines 5 "the .tpf that was written"
expect "op-hk5 2021-01-01T00:01:49Z ok " "$work/output"

read_results "$data/torperf-51200-2016-10-02.tpf" "$work/again.tpf" || fail "the .tpf can't be read"
lines 287 "the .tpf"
expect "torperf 2016-10-02T00:00:01Z ok " "$work/output"
[[ $(grep -c '^@type torperf 1.1' "$work/again.tpf") == 287 ]] || fail "not all are written"

read_results "$data/page-load.jsonl" || fail "the JSON lines can't be read"
lines 1 "the JSON lines"

printf '@type torperf 1.0\nSOURCE=x\n' >"$work/broken.tpf"
if read_results "$work/broken.tpf"; then fail "a broken file is read"; fi
expect "line 2: " "$work/output"
