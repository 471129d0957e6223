// Circuits' times to each hop as distributions. Pure functions.

const NAMES = ['first hop', 'second hop', 'third hop', 'fourth hop'];

// Of each hop that a circuit got to, {label, n, values, shares, p99, at(share)}; `alone`: from the
// hop before it, else from the launch.
export function hopLines(circuits, alone) {
  return NAMES.map((label, hop) => {
    const values = [];
    for (const { hops_us: hops } of circuits) {
      if (!hops || hops.length <= hop || hops[hop] === null) continue;
      values.push(alone && hop > 0 ? hops[hop] - hops[hop - 1] : hops[hop]);
    }
    return line(label, values);
  }).filter((one) => one.n > 0);
}

export function line(label, values) {
  values.sort((a, b) => a - b);
  const at = (share) => values[Math.max(0, Math.ceil(values.length * share) - 1)];
  return { label, n: values.length, values, shares: values.map((_, i) => (i + 1) / values.length), p99: at(0.99), at };
}
