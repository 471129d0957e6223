// Which series fail so often that somebody should look. Pure functions.

const OFTEN = 0.2;
const FEW = 5; // of fewer, one mishap would be a large share

export const failsOften = (one) => one.n + one.failed >= FEW && one.failed >= OFTEN * (one.n + one.failed);

// The measurements that a number of failures counts.
export const outcomeOf = (one, keys) => ({ outcome: isMissed(one, keys) ? 'PERFD_MISSED_SLOT' : 'failed' });

// Slots that never began have no arm, though their experiment has some.
export const isMissed = (one, keys) =>
  one.n === 0 && one.key.arm === '' && keys.some((key) => key.arm !== '' && key.experiment === one.key.experiment);
