#!/usr/bin/env bash
# scripts/lib/apt-install with a faked apt-get, as root of a mount namespace in which
# /usr/sbin and systemd's folder are the test's own: a new tor never starts.
# shellcheck source=tests/scripts/support.sh
. "$(dirname "$0")/support.sh"
export WORK=$work

if [[ ${1:-} != --inside ]]; then
  namespace=(unshare --mount --fork)
  if ((EUID != 0)); then namespace+=(--user --map-root-user); fi
  "${namespace[@]}" -- bash "$0" --inside
  exit
fi

mkdir -p "$work/sbin" "$work/systemd"
mount --bind "$work/sbin" /usr/sbin
mount --bind "$work/systemd" /etc/systemd/system
# A tor that this machine may have, and that may run, is not the package's.
: >"$work/tor"
if [[ -e /usr/bin/tor ]]; then mount --bind "$work/tor" /usr/bin/tor; fi
policy=/usr/sbin/policy-rc.d
link=/etc/systemd/system/multi-user.target.wants/tor.service

fake dpkg-query <<'X'
[[ -e $WORK/tor-was-there ]] && echo "ii "
exit 0
X
# Does what Debian's packages do: enables the service, and asks whether it may start.
fake apt-get <<'X'
echo "apt-get $*" >>"$WORK/calls"
[[ " $* " == *" install "* ]] || exit 0
mkdir -p /etc/systemd/system/multi-user.target.wants
ln -sf /lib/systemd/system/tor.service /etc/systemd/system/multi-user.target.wants/
status=0
/usr/sbin/policy-rc.d tor start || status=$?
echo "policy says $status" >>"$WORK/calls"
if [[ -e $WORK/apt-fails ]]; then echo "E: no such luck"; exit 100; fi
X
fake systemctl <<'X'
exit 0
X

run() {
  rm -rf "$work/calls" "${link%/*}"
  : >"$work/calls"
  "$root/scripts/lib/apt-install" "$@" >"$work/output" 2>&1
}

run tor curl || fail "a new tor"
expect "install -y --no-install-recommends --no-remove tor curl" "$work/calls"
expect "policy says 101" "$work/calls"
[[ ! -e $policy ]] || fail "the policy is left behind"
if [[ -e /usr/bin/tor ]]; then [[ ! -L $link ]] || fail "tor is left enabled"; fi

# A failure leaves no policy and no service either, and shows apt's words.
touch "$work/apt-fails"
if run tor; then fail "apt's failure is not reported"; fi
expect "no such luck" "$work/output"
[[ ! -e $policy ]] || fail "the policy is left behind after a failure"
if [[ -e /usr/bin/tor ]]; then [[ ! -L $link ]] || fail "tor is left enabled after a failure"; fi
rm "$work/apt-fails"

# A policy of the machine's own stays; one that would let tor start prevents the installation.
printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod +x "$policy"
run tor || fail "with a policy of the machine's own"
[[ $(cat "$policy") == *"exit 101" ]] || fail "the machine's policy is gone"
printf '#!/bin/sh\nexit 0\n' >"$policy"
if run tor; then fail "a policy that lets tor start"; fi
expect_not "apt-get" "$work/calls"
[[ $(cat "$policy") == *"exit 0" ]] || fail "the machine's policy was changed"
run curl || fail "without tor that policy does not matter"
rm "$policy"

# A tor that was there before keeps its service.
touch "$work/tor-was-there"
run tor curl || fail "with tor installed before"
[[ -L $link ]] || fail "the service of a tor that was there is disabled"
echo "apt-install: passed"
