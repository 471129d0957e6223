// What perfd says of itself: asked for at the start, every few seconds while results come, and
// four times a minute otherwise.
import { effect, signal } from '@preact/signals';
import { ask } from './fetch.js';
import { hear } from './clock.js';
import { pulse } from './live.js';

export const status = signal(null);
export const statusError = signal(null);

const EVERY_MS = 3000;
let asked = 0;
let timer = null;
let failures = 0;

async function look() {
  timer = null;
  if (document.hidden) return;
  asked = Date.now();
  try {
    const answer = await ask('api/v1/status');
    hear(answer.now);
    failures = 0;
    status.value = answer;
    statusError.value = null;
  } catch (error) {
    statusError.value = error;
    failures += 1;
    timer = setTimeout(look, Math.min(30, 2 ** failures) * 1000);
  }
}

export function start() {
  effect(() => {
    pulse.value;
    if (!timer && !document.hidden) timer = setTimeout(look, Math.max(0, asked + EVERY_MS - Date.now()));
  });
}

// All that the daemon measures, for choices; [] before it is known.
export const experiments = () => status.value?.experiments ?? [];
