// Hours of the week in a span of time. Pure functions; times in µs, UTC; weekday 0 is Monday.
import { DAY, HOUR } from './format.js';

export const weekdayOf = (us) => (Math.floor(us / DAY) + 3) % 7; // the epoch was a Thursday
export const hourOf = (us) => Math.floor((us % DAY) / HOUR);

// Each such hour of the span as [since, until), the newest first.
export function hoursOf(span, weekday, hour) {
  const out = [];
  let start = Math.floor(span.until / DAY) * DAY + hour * HOUR;
  start -= ((weekdayOf(start) - weekday + 7) % 7) * DAY;
  if (start >= span.until) start -= 7 * DAY;
  for (; start + HOUR > span.since; start -= 7 * DAY)
    out.push([Math.max(start, span.since), Math.min(start + HOUR, span.until)]);
  return out;
}
