import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as address from '../../../dashboard/src/state/address.js';

test('an address comes back as it went', () => {
  const place = { view: 'failures', id: '', params: { since: ['24h'], experiment: ['a', 'b & c'], target: ['http://x/?y=1'] } };
  assert.deepEqual(address.parse(address.format(place)), place);
  const one = { view: 'measurement', id: '01KAV9FT000000000000000000', params: {} };
  assert.equal(address.format(one), '#/measurement/01KAV9FT000000000000000000');
  assert.deepEqual(address.parse(address.format(one)), one);
});

test('names of experiments may hold anything', () => {
  const place = { view: 'experiment', id: 'a/b?c#d%', params: {} };
  assert.deepEqual(address.parse(address.format(place)), place);
});

test('no address is the overview, and a broken one does not fail', () => {
  assert.equal(address.parse('').view, 'overview');
  assert.equal(address.parse('#/').view, 'overview');
  assert.equal(address.parse('#/failures?').view, 'failures');
  assert.equal(address.parse('#/experiment/50%').id, '50%');
});

test('what is empty is no part of it', () => {
  assert.equal(address.queryText({ a: undefined, b: null, c: '', d: [], e: 0, f: ['x', 'y'] }), 'e=0&f=x&f=y');
});

test('another view keeps the span and the filters, and nothing of its own', () => {
  const place = { view: 'compare', id: '', params: { since: ['7d'], arm: ['early'], by: ['arm'], metric: ['ttlb'] } };
  assert.equal(address.elsewhere(place, 'failures'), '#/failures?since=7d&arm=early');
});

test('a change adds, replaces, takes away', () => {
  const place = { view: 'week', id: '', params: { metric: ['ttfb'], since: ['7d'] } };
  assert.equal(address.changed(place, { metric: undefined, kind: ['page', 'upload'] }), '#/week?since=7d&kind=page&kind=upload');
});

test('a click on a number leads to the measurements that it is made of', () => {
  const place = { view: 'overview', id: '', params: { since: ['7d'], experiment: ['a', 'b'], by: ['arm'] } };
  assert.equal(
    address.measurements(place, { experiment: 'a', since: '2026-11-24T03:00:00Z', until: '2026-11-24T04:00:00Z' }),
    '#/measurements?since=2026-11-24T03:00:00Z&experiment=a&until=2026-11-24T04:00:00Z');
});
