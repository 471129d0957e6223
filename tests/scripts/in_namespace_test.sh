#!/usr/bin/env bash
# scripts/lib/in-namespace: loopback and nothing else, the command's own exit code, and
# no process that outlives the command.
# shellcheck source=tests/scripts/support.sh
. "$(dirname "$0")/support.sh"
inside=$root/scripts/lib/in-namespace

"$inside" --check || fail "no namespaces here"
"$inside" ip -o link >"$work/output"
[[ $(wc -l <"$work/output") == 1 ]] || fail "more than one interface"
expect "LOOPBACK,UP" "$work/output"
"$inside" ip route show table all >"$work/output"
expect_not default "$work/output"

status=0
"$inside" bash -c 'exit 7' || status=$?
((status == 7)) || fail "exit code $status instead of 7"

status=0
"$inside" bash -c 'sleep 300 & exit 0' 2>"$work/output" || status=$?
((status == 99)) || fail "a process left behind gave $status"
expect "sleep" "$work/output"
echo "in-namespace: passed"
