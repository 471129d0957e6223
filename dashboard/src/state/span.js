// The span of time that a view shows, from its words in the address. `since` is a length counted
// back from the end ("24h", "7d") or a moment; `until` a moment, or nothing for now.
// Pure functions; times in µs.
import { DAY, HOUR, MINUTE, SECOND } from '../text/format.js';

const UNITS = { s: SECOND, m: MINUTE, h: HOUR, d: DAY, w: 7 * DAY };

export const CHOICES = [
  ['1h', 'hour'],
  ['6h', '6 hours'],
  ['24h', '24 hours'],
  ['7d', '7 days'],
  ['30d', '30 days'],
  ['90d', '90 days'],
  ['365d', 'year'],
];
const DEFAULT = '24h';
// A week has to be there before its hours can be seen.
export const usualSpan = (view) => (view === 'week' ? '7d' : DEFAULT);

export function parseLength(text) {
  const match = /^(\d{1,6})([smhdw])$/.exec(text ?? '');
  return match && Number(match[1]) > 0 ? Number(match[1]) * UNITS[match[2]] : null;
}

// "2026-11-24", "2026-11-24T03:37:40.5Z": always UTC.
export function parseMoment(text) {
  const match = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(?::(\d\d)(?:\.(\d{1,6}))?)?)?Z?$/.exec(text ?? '');
  if (!match) return null;
  const [, date, clock = '00:00', seconds = '00', fraction = ''] = match;
  const ms = Date.parse(`${date}T${clock}:${seconds}Z`);
  return Number.isNaN(ms) ? null : ms * 1e3 + Number(fraction.padEnd(6, '0'));
}

// {since, until, relative, error}; `oldest` is when the first measurement of all began: before it
// there is nothing to show, so that a span whose length is not asked for, but the `usual` one, begins there.
export function spanOf(params, now, oldest, usual = DEFAULT) {
  const asked = params.since?.[0];
  const until = params.until?.[0] ? parseMoment(params.until[0]) : now;
  if (until === null) return wrong('until', params.until[0], now);
  const length = parseLength(asked ?? usual);
  let since = length === null ? parseMoment(asked) : until - length;
  if (since === null) return wrong('since', asked, now);
  if (!asked && oldest && oldest > since) since = Math.min(oldest, until - MINUTE);
  if (since >= until) return { ...wrong('since', asked, now), error: 'The span of time ends before it begins.' };
  return { since, until, relative: !params.until?.[0], error: null };
}

function wrong(field, text, now) {
  return {
    since: now - DAY,
    until: now,
    relative: true,
    error: `“${text}” in the address is no time that ${field} takes: one such as 2026-05-01T12:00, or 7d.`,
  };
}

// How often a view of this span is worth a new look: a hundredth of it, 2 s to 1 min.
export const refreshEvery = (span) => Math.min(MINUTE, Math.max(2 * SECOND, (span.until - span.since) / 100));
