import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seriesOf } from '../../../dashboard/src/text/allotted.js';
import { changeText } from '../../../dashboard/src/text/change.js';
import { grouped } from '../../../dashboard/src/text/grouped.js';
import { hopLines } from '../../../dashboard/src/text/hops.js';
import { hopsOf, marksOf, streamsOf } from '../../../dashboard/src/text/record.js';
import { hourOf, hoursOf, weekdayOf } from '../../../dashboard/src/text/week.js';
import { filterOf, hasMetric, labelOf, whatOf } from '../../../dashboard/src/text/words.js';
import { DAY, HOUR } from '../../../dashboard/src/text/format.js';

const key = (more) => ({ source: 's', experiment: 'e', arm: '', kind: 'download', target: 'direct', filesize: 51200, ...more });

test('series are called what tells them apart', () => {
  const all = [key(), key({ target: 'onion' }), key({ experiment: 'f', arm: 'early' })];
  assert.deepEqual(all.map((one) => labelOf(one, all)), ['e, direct', 'e, onion', 'f/early']);
  assert.equal(whatOf(all[0]), '50 KiB downloads, direct');
  assert.deepEqual(filterOf(all[2]), { source: 's', experiment: 'f', arm: 'early', kind: 'download', target: 'direct' });
});

test('what can’t have a metric is no part of it', () => {
  assert.ok(hasMetric('download', 'ttlb'));
  assert.ok(!hasMetric('resolve', 'ttlb'));
  assert.ok(hasMetric('page', 'built_3'));
});

test('series are drawn together that differ in one respect', () => {
  const series = [key(), key({ experiment: 'm', filesize: 1048576 }), key({ experiment: 'o', target: 'onion' }),
    key({ experiment: 'ab', arm: 'x' }), key({ experiment: 'ab', arm: 'y' })].map((one) => ({ key: one }));
  const arms = grouped(series, 'arm');
  assert.deepEqual(arms.map((group) => group.lines.map((line) => line.label)), [['x', 'y']]);
  const sizes = grouped(series, 'size');
  assert.deepEqual(sizes.map((group) => group.title), ['downloads, direct', 'downloads, onion']);
  for (const group of [...sizes, ...grouped(series, 'target')])
    assert.equal(new Set(group.lines.map((line) => line.label)).size, group.lines.length);
});

test('a change is told in words; of rates less is slower', () => {
  assert.deepEqual(changeText(112, 100, 'us'), { text: '▲ 12 % slower', worse: true });
  assert.deepEqual(changeText(90, 100, 'us'), { text: '▼ 10 % faster', worse: false });
  assert.deepEqual(changeText(90, 100, 'bit/s'), { text: '▲ 10 % slower', worse: true });
  assert.deepEqual(changeText(101, 100, 'us'), { text: 'as before', worse: false });
  assert.equal(changeText(310, 100, 'us').text, '▲ 3.1 times as long');
  for (const [value, was] of [[null, 100], [100, null], [100, 0]]) assert.equal(changeText(value, was, 'us'), null);
});

test('times to hops, from the launch and alone', () => {
  const circuits = [{ hops_us: [10, 30, 60] }, { hops_us: [20] }, { hops_us: [] }, { hops_us: null }];
  const [first, second, third, ...more] = hopLines(circuits, true);
  assert.deepEqual(first.values, [10, 20]);
  assert.deepEqual(second.values, [20]);
  assert.deepEqual(third.values, [30]);
  assert.equal(more.length, 0);
  assert.equal(hopLines(circuits, false)[2].at(0.5), 60);
});

test('marks of both ends stand in the order of their times', () => {
  const marks = marksOf({
    started_at: 1000,
    marks: { START: 1000, CONNECT: 1100, DATACOMPLETE: 5000 },
    mark_sources: { DATACOMPLETE: { source: 'kernel', bound_us: 21 } },
    server: { ACCEPT: 3000 },
  });
  assert.deepEqual(marks.map((mark) => [mark.name, mark.by, mark.after, mark.step]), [
    ['START', 'client', 0, null], ['CONNECT', 'client', 100, 100], ['ACCEPT', 'server', 2000, 1900], ['DATACOMPLETE', 'client', 4000, 2000]]);
  assert.equal(marks[3].bound, 21);
  assert.equal(marks[0].source, 'clock');
});

test('streams tell which circuits carried them; broken lines are passed by', () => {
  const stream = (ids, outcome = 'ok') => ({ outcome, waited_us: 5, stays: ids.map((id) => ({ circuit_id: id, origin: id > 8 ? 'built' : 'ready' })) });
  const record = { id: 'X', started_at: 1, experiment: 'a', arm: 'b', outcome: 'ok',
    allocation: { circuits: 2, isolation: 'same', streams: [stream([7]), stream([9, 7]), stream([], 'NET_TIMEOUT')] } };
  const [one, ...more] = seriesOf(`${JSON.stringify(record)}\n{"id":"Y"}\n{"broken`);
  assert.equal(more.length, 0);
  assert.deepEqual(one.streams.map((each) => each.letters), ['A', 'BA', '']);
  assert.equal(one.fresh, 1);
  assert.equal(one.name, 'a/b');
  assert.equal(one.streams[2].good, false);
});

test('hours of the week are found again in a span', () => {
  const monday = Date.UTC(2026, 10, 30) * 1e3;
  assert.equal(weekdayOf(monday), 0);
  assert.equal(hourOf(monday + 5 * HOUR), 5);
  const span = { since: monday - 20 * DAY, until: monday + 12 * HOUR };
  const hours = hoursOf(span, 0, 5);
  assert.deepEqual(hours.map(([since]) => since), [monday + 5 * HOUR, monday - 7 * DAY + 5 * HOUR, monday - 14 * DAY + 5 * HOUR]);
  for (let weekday = 0; weekday < 7; weekday += 1)
    for (let hour = 0; hour < 24; hour += 1)
      for (const [since, until] of hoursOf(span, weekday, hour)) {
        assert.equal(weekdayOf(since), weekday);
        assert.equal(hourOf(since), hour);
        assert.ok(since >= span.since && until <= span.until && until - since <= HOUR);
      }
  assert.deepEqual(hoursOf(span, 0, 11), [[monday + 11 * HOUR, monday + 12 * HOUR], [monday - 7 * DAY + 11 * HOUR, monday - 7 * DAY + 12 * HOUR], [monday - 14 * DAY + 11 * HOUR, monday - 14 * DAY + 12 * HOUR]]);
  assert.equal(hoursOf(span, 0, 12).length, 2);
});

test('a stream that a record has twice is told once', () => {
  const streams = streamsOf({ tor: { stream: { id: 4 } }, page: { streams: [{ id: 4 }, { id: 5 }] } });
  assert.deepEqual(streams.map((one) => one.id), [4, 5]);
});

test('a hop of a circuit that was taken for a new use did not wait for that', () => {
  const path = [100, 300, 600, 9000].map((extended_at) => ({ extended_at }));
  const since = (states) => hopsOf({ launched_at: 50, path, states }).map((hop) => hop.before);
  assert.deepEqual(since([]), [50, 100, 300, 600]);
  assert.deepEqual(since([{ status: 'BUILT', at: 600 }, { status: 'CANNIBALIZED', at: 8700 }]), [50, 100, 300, 8700]);
});
