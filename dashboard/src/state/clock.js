// The time as perfd has it. The reader's own clock may be wrong by hours, and ages would be, too:
// each status tells perfd's, and the distance to ours is kept.
import { signal } from '@preact/signals';
import { DAY, isoText } from '../text/format.js';

let ahead = 0; // of perfd's clock to ours, µs

export const now = () => Date.now() * 1e3 + ahead;

// As addresses have it. In whole minutes, so that links stay the same for a while.
export const dayAgo = () => isoText(Math.floor((now() - DAY) / 60e6) * 60e6);

// Every second, for what shows how long ago something was.
export const tick = signal(now());
setInterval(() => {
  if (!document.hidden) tick.value = now();
}, 1000);

export function hear(serverNow) {
  if (!serverNow) return;
  const found = serverNow - Date.now() * 1e3;
  // The way here takes time, too: small differences are no difference.
  ahead = Math.abs(found) < 3e6 ? 0 : found;
  tick.value = now();
}
