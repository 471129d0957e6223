import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shareFailed, smokeData, topOf } from '../../../dashboard/src/plot/smoke_data.js';
import { momentLabels, numberLabel, STEPS } from '../../../dashboard/src/plot/ticks.js';
import { MINUTE } from '../../../dashboard/src/text/format.js';

const COLUMNS = ['at', 'n', 'failed', 'p5', 'p25', 'p50', 'p75', 'p95', 'max'];
const row = (at, value = 10) => [at, 5, 0, value, value, value, value, value, value];

test('buckets are drawn at their middle, in the order of time', () => {
  const data = smokeData({ columns: COLUMNS, rows: [row(MINUTE, 20), row(0)] }, MINUTE);
  assert.deepEqual(data.x, [30, 90]);
  assert.deepEqual(data.p50, [10, 20]);
  assert.deepEqual(data.from, [0, MINUTE]);
});

test('no line is drawn over a time in which nothing was measured', () => {
  const starts = [0, 1, 2, 3, 20, 21].map((n) => n * MINUTE);
  const data = smokeData({ columns: COLUMNS, rows: starts.map((at) => row(at)) }, MINUTE);
  assert.equal(data.x.length, 7);
  assert.equal(data.p50[4], null);
  assert.equal(data.n[4], null);
});

test('measurements that are rarer than buckets still make a line', () => {
  const starts = [0, 5, 10, 15, 20].map((n) => n * MINUTE);
  const data = smokeData({ columns: COLUMNS, rows: starts.map((at) => row(at)) }, MINUTE);
  assert.ok(data.p50.every((value) => value !== null));
});

test('a bucket in which all failed has a place, but no value', () => {
  const data = smokeData({ columns: COLUMNS, rows: [[0, 0, 3, null, null, null, null, null, null]] }, MINUTE);
  assert.equal(data.p50[0], null);
  assert.equal(shareFailed(data.n[0], data.failed[0]), 1);
});

test('one extreme bucket does not press all others flat', () => {
  const values = Array.from({ length: 50 }, () => 100);
  values[7] = 100000;
  const { top, cut } = topOf([{ p95: values }]);
  assert.ok(cut);
  assert.ok(top < 200);
  assert.deepEqual(topOf([{ p95: [null] }]), { top: 1, cut: false });
});

test('marks of time tell the date where it changes', () => {
  const day = Date.UTC(2026, 10, 29) / 1e3;
  assert.deepEqual(momentLabels([day + 64800, day + 86400, day + 108000], 21600), ['18:00\n29 Nov', '00:00\n30 Nov', '06:00']);
  assert.deepEqual(momentLabels([day, day + 30], 30), ['00:00:00\n29 Nov', '00:00:30']);
  assert.deepEqual(momentLabels([day, day + 86400], 86400), ['29 Nov\n2026', '30 Nov']);
});

test('every step of time divides a day or is made of whole days', () => {
  for (const step of STEPS) assert.ok(86400 % step === 0 || step % 86400 === 0, String(step));
});

test('numbers of an axis have the decimals of their step', () => {
  assert.equal(numberLabel(0.5, 0.5), '0.5');
  assert.equal(numberLabel(1500, 500), '1,500');
  assert.equal(numberLabel(-2, 1), '−2');
});
