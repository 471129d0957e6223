// Into how many steps of time a plot is cut: as many as give most steps several measurements, so
// that there are percentiles, and no more than can be told apart.
import { experiments } from './status.js';
import { currentSpan } from './answer.js';
import { list } from './place.js';

const PER_STEP = 4;

export function steps(most, names = list('experiment')) {
  const { since, until } = currentSpan();
  const intervals = experiments()
    .filter((one) => one.interval_us && (names.length === 0 || names.includes(one.name)))
    .map((one) => one.interval_us)
    .sort((a, b) => a - b);
  const usual = intervals[Math.floor(intervals.length / 3)];
  if (!usual) return most;
  const fitting = (until - since) / (PER_STEP * usual);
  // In steps of a few sizes: another count is another question.
  return Math.min(most, Math.max(36, 12 * Math.ceil(fitting / 12)));
}
