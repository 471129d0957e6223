import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseLength, parseMoment, refreshEvery, spanOf, usualSpan } from '../../../dashboard/src/state/span.js';
import { DAY, HOUR, MINUTE } from '../../../dashboard/src/text/format.js';

const NOW = Date.UTC(2026, 10, 30, 12) * 1e3;

test('lengths', () => {
  assert.equal(parseLength('24h'), DAY);
  assert.equal(parseLength('2w'), 14 * DAY);
  for (const wrong of ['', '0h', 'h', '1.5h', '24', '-1d', '1y', undefined]) assert.equal(parseLength(wrong), null);
});

test('moments are UTC, whole or in part', () => {
  assert.equal(parseMoment('2026-11-30'), Date.UTC(2026, 10, 30) * 1e3);
  assert.equal(parseMoment('2026-11-30T12:00'), NOW);
  assert.equal(parseMoment('2026-11-30T12:00:00.00012Z'), NOW + 120);
  for (const wrong of ['', '2026-13-01', '30.11.2026', '2026-11-30T25:00', undefined]) assert.equal(parseMoment(wrong), null);
});

test('without words a span is the last day, or what there is of it', () => {
  assert.deepEqual(spanOf({}, NOW, NOW - 30 * DAY), { since: NOW - DAY, until: NOW, relative: true, error: null });
  assert.equal(spanOf({}, NOW, NOW - HOUR).since, NOW - HOUR);
  assert.equal(spanOf({}, NOW, NOW - 1000).since, NOW - MINUTE);
  assert.equal(spanOf({ since: ['24h'] }, NOW, NOW - HOUR).since, NOW - DAY);
  assert.equal(spanOf({}, NOW, null, usualSpan('week')).since, NOW - 7 * DAY);
});

test('a length counts back from the end', () => {
  const span = spanOf({ since: ['1h'], until: ['2026-11-30T06:00'] }, NOW);
  assert.equal(span.until - span.since, HOUR);
  assert.equal(span.relative, false);
});

test('what is no time is told, with the last day in its place', () => {
  const span = spanOf({ since: ['yesterday'] }, NOW);
  assert.match(span.error, /“yesterday”.*since/);
  assert.equal(span.until - span.since, DAY);
  assert.match(spanOf({ since: ['2026-12-01'] }, NOW).error, /ends before/);
});

test('a long span is looked at more seldom', () => {
  assert.equal(refreshEvery({ since: NOW - MINUTE, until: NOW }), 2e6);
  assert.equal(refreshEvery({ since: NOW - HOUR, until: NOW }), 36e6);
  assert.equal(refreshEvery({ since: NOW - DAY, until: NOW }), MINUTE);
});
