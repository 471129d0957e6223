// Where axes of time are marked, and with what. Times in seconds since the epoch, UTC: every
// step divides a day or is made of whole days, so that marks are at round moments.
// Pure functions.
import { clockSecondsText, clockText, dayText } from '../text/format.js';

const DAY = 86400;
export const STEPS = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200,
  DAY, 2 * DAY, 5 * DAY, 10 * DAY, 20 * DAY, 50 * DAY, 100 * DAY, 200 * DAY, 500 * DAY,
];

// One label for each mark; the date stands below the first one and where it changes.
export function momentLabels(marks, step) {
  let told = null;
  return marks.map((at) => {
    const us = at * 1e6;
    const day = dayText(us);
    if (step >= DAY) {
      const year = String(new Date(us / 1e3).getUTCFullYear());
      const label = year === told ? day : `${day}\n${year}`;
      told = year;
      return label;
    }
    const clock = step < 60 ? clockSecondsText(us) : clockText(us);
    const label = day === told ? clock : `${clock}\n${day}`;
    told = day;
    return label;
  });
}

// Of values at a mark's distance: as many decimals as the step needs, thousands in groups.
export function numberLabel(value, step) {
  const decimals = Math.min(9, Math.max(0, -Math.floor(Math.log10(step) + 1e-9)));
  const [whole, rest] = Math.abs(value).toFixed(decimals).split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return `${value < 0 ? '−' : ''}${grouped}${rest ? `.${rest}` : ''}`;
}
