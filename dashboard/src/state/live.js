// News from perfd: each new result is told over one long answer (server-sent events). Where that
// can't be, or breaks off, views look again every 15 seconds.
import { signal } from '@preact/signals';

export const pulse = signal(0); // grows when there may be something new
export const last = signal(null); // the newest result, as the event tells it
export const connection = signal('connecting'); // or live, polling

const POLL_MS = 15000;
const RETRY_MS = 30000; // a server that refused is asked again

let source = null;

function listen() {
  source?.close();
  source = new EventSource('api/v1/events');
  source.onopen = () => {
    connection.value = 'live';
  };
  source.addEventListener('result', (event) => {
    connection.value = 'live';
    try {
      last.value = JSON.parse(event.data);
    } catch {
      return; // cut off in the middle: the next one tells
    }
    pulse.value += 1;
  });
  source.onerror = () => {
    connection.value = 'polling';
    // The browser tries again by itself, unless it was refused.
    if (source.readyState === EventSource.CLOSED) setTimeout(listen, RETRY_MS);
  };
}

export function start() {
  listen();
  setInterval(() => {
    if (!document.hidden) pulse.value += 1;
  }, POLL_MS);
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) pulse.value += 1;
  });
}
