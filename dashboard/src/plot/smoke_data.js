// A series of the API as what a smoke plot draws. Pure functions.
//
// {x, n, failed, p5, p25, p50, p75, p95, from, step, rows}: x the middle of each bucket in seconds; where
// buckets are left out for long, a place without values, so that no line is drawn over it. The same series gives the same object: what
// did not change is not drawn again.

const BANDS = ['p5', 'p25', 'p50', 'p75', 'p95'];

const made = new WeakMap();

export function smokeData(series, stepUs) {
  if (!made.has(series)) made.set(series, make(series, stepUs));
  return made.get(series);
}

function make(series, stepUs) {
  const at = series.columns.indexOf('at');
  const rows = [...series.rows].sort((a, b) => a[at] - b[at]);
  const gap = longestStep(rows.map((row) => row[at]), stepUs);
  const out = { x: [], from: [], n: [], failed: [], step: stepUs };
  for (const name of BANDS) out[name] = [];
  const add = (from, row) => {
    out.from.push(from);
    out.x.push((from + stepUs / 2) / 1e6);
    for (const name of [...BANDS, 'n', 'failed']) {
      const place = series.columns.indexOf(name);
      out[name].push(row && place >= 0 ? row[place] : null);
    }
  };
  rows.forEach((row, i) => {
    if (i > 0 && row[at] - rows[i - 1][at] > gap) add(rows[i - 1][at] + stepUs, null);
    add(row[at], row);
  });
  out.rows = [out.x, out.p5, out.p25, out.p75, out.p95, out.p50];
  return out;
}

// How far buckets may lie apart and still belong together: measurements may be rarer than buckets.
function longestStep(starts, stepUs) {
  const gaps = starts.slice(1).map((start, i) => start - starts[i]).sort((a, b) => a - b);
  const usual = gaps.length ? gaps[gaps.length >> 1] : stepUs;
  return Math.max(1.5 * stepUs, 3.5 * usual);
}

// Where the axis of values ends: a little above the 95th percentiles, but not for the sake of a few
// extreme buckets, which are cut off.
export function topOf(all) {
  const values = all.flatMap((one) => one.p95.filter((value) => value !== null)).sort((a, b) => a - b);
  if (values.length === 0) return { top: 1, cut: false };
  const greatest = values[values.length - 1];
  const usual = values[Math.floor((values.length - 1) * 0.97)];
  const cut = greatest > 4 * usual;
  return { top: (cut ? 1.6 * usual : greatest) * 1.06 || 1, cut };
}

export const shareFailed = (n, failed) => (failed ? failed / (n + failed) : 0);
