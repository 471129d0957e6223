import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as format from '../../../dashboard/src/text/format.js';

test('times and rates have three figures and the unit that fits', () => {
  for (const [us, text] of [[0, '0 µs'], [21, '21 µs'], [999.4, '999 µs'], [999.6, '1.00 ms'], [156e3, '156 ms'],
    [9996, '10.0 ms'], [999.6e3, '1.00 s'], [2.314e6, '2.31 s'], [315e6, '315 s']])
    assert.equal(format.timeText(us), text);
  for (const [bps, text] of [[820e3, '820 kbit/s'], [999.6e3, '1.00 Mbit/s'], [3.42e6, '3.42 Mbit/s'], [12e9, '12.0 Gbit/s']])
    assert.equal(format.rateText(bps), text);
});

test('a value that is not there is a dash, a negative one keeps its sign', () => {
  for (const none of [null, undefined, NaN]) assert.equal(format.valueText('us', none), '–');
  assert.equal(format.valueText('us', -156e3), '-156 ms');
});

test('shares are never rounded to nothing, nor to all', () => {
  assert.equal(format.percentText(0, 10), '0.0 %');
  assert.equal(format.percentText(1, 100000), '< 0.1 %');
  assert.equal(format.percentText(99999, 100000), '> 99.9 %');
  assert.equal(format.percentText(10, 10), '100.0 %');
  assert.equal(format.percentText(0, 0), '–');
});

test('moments are in UTC and keep their microseconds', () => {
  const at = Date.UTC(2026, 10, 24, 3, 37, 40) * 1e3;
  assert.equal(format.momentText(at), '24 Nov 2026, 03:37:40');
  assert.equal(format.isoText(at), '2026-11-24T03:37:40Z');
  assert.equal(format.isoText(at + 120), '2026-11-24T03:37:40.00012Z');
});

test('counts are in groups of three, with a noun in its number', () => {
  assert.equal(format.countText(1234567), '1,234,567');
  assert.equal(format.counted(1, 'measurement'), '1 measurement');
  assert.equal(format.counted(1200, 'measurement'), '1,200 measurements');
});

test('sizes are whole multiples, or bytes', () => {
  assert.equal(format.sizeText(51200), '50 KiB');
  assert.equal(format.sizeText(5242880), '5 MiB');
  assert.equal(format.sizeText(51201), '51201 B');
});

test('spans and steps', () => {
  assert.equal(format.spanText(99e6), '99 s');
  assert.equal(format.spanText(5 * format.MINUTE), '5 min');
  assert.equal(format.spanText(30 * format.HOUR), '30 h');
  assert.equal(format.spanText(21 * format.DAY), '21 days');
  assert.equal(format.stepText(format.HOUR), '1 hour');
  assert.equal(format.stepText(15 * format.MINUTE), '15 minutes');
  assert.equal(format.stepText(90e6), '90 s');
});

test('an axis has one unit, that of its greatest value', () => {
  assert.deepEqual(format.displayUnit('us', 99e3), { divisor: 1e3, name: 'ms' });
  assert.deepEqual(format.displayUnit('us', 100e3), { divisor: 1e6, name: 's' });
  assert.deepEqual(format.displayUnit('bit/s', 5e6), { divisor: 1e6, name: 'Mbit/s' });
});
