# Shared by the scripts of this folder; sourced, not run. Sets `root` to the checkout.
# shellcheck shell=bash disable=SC2034  # its variables are for those that source it

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
me=$(basename "$0")

# One line for each step, on standard error: a script's output stays its program's own.
say() { printf '%s: %s\n' "$me" "$*" >&2; }
die() {
  say "error: $*"
  exit 1
}

# seconds_since START: START is a value of $EPOCHREALTIME; prints seconds with one decimal.
seconds_since() {
  local now=$EPOCHREALTIME
  local us=$((${now/[.,]/} - ${1/[.,]/}))
  printf '%d.%d' $((us / 1000000)) $((us / 100000 % 10))
}

# How many compilers may run at once: one a core, and about 1.2 GB of memory for each,
# which is what a file with Asio in it takes.
compile_jobs() {
  local cores memory_mb limit used by_memory
  cores=$(nproc)
  memory_mb=$(awk '/^MemAvailable:/ { print int($2 / 1024) }' /proc/meminfo)
  if [[ -r /sys/fs/cgroup/memory.max ]]; then
    limit=$(</sys/fs/cgroup/memory.max)
    if [[ $limit != max ]]; then
      used=$(cat /sys/fs/cgroup/memory.current 2>/dev/null || echo 0)
      limit=$(((limit - used) / 1048576))
      if ((limit < memory_mb)); then memory_mb=$limit; fi
    fi
  fi
  by_memory=$((memory_mb / 1200))
  if ((by_memory < 1)); then by_memory=1; fi
  echo $((by_memory < cores ? by_memory : cores))
}

# GCC 12's ThreadSanitizer can't start where the kernel randomises many bits of addresses:
# prints the command that starts a program without, if that is possible here.
fixed_addresses() {
  if setarch "$(uname -m)" -R true 2>/dev/null; then echo "setarch $(uname -m) -R"; fi
}

# Prints a script's own help: the comment at its top.
print_help() { sed -n '2,/^[^#]/{/^#/s/^# \{0,1\}//p}' "$0"; }
