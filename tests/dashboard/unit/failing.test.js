// Which series the overview says need a look, and which rows are slots that never began.
import assert from 'node:assert/strict';
import test from 'node:test';
import { failsOften, isMissed } from '../../../dashboard/src/text/failing.js';

test('a fifth of five or more is often', () => {
  assert.equal(failsOften({ n: 4, failed: 1 }), true);
  assert.equal(failsOften({ n: 0, failed: 4 }), false, 'too few to tell');
  assert.equal(failsOften({ n: 81, failed: 19 }), false);
  assert.equal(failsOften({ n: 80, failed: 20 }), true);
  assert.equal(failsOften({ n: 0, failed: 0 }), false);
});

test('what has no arm, beside arms of the same experiment, did not begin', () => {
  const key = (experiment, arm) => ({ experiment, arm });
  const keys = [key('early', ''), key('early', 'plain'), key('small', '')];
  const missed = (n, at) => isMissed({ n, failed: 3, key: keys[at] }, keys);
  assert.equal(missed(0, 0), true);
  assert.equal(missed(0, 1), false);
  assert.equal(missed(0, 2), false, 'its experiment has no arms');
  assert.equal(missed(2, 0), false, 'it had no arms before');
});
