// What perfd answers to a view's question, kept up to date while the view is shown.
import { effect, untracked } from '@preact/signals';
import { useEffect, useState } from 'preact/hooks';
import { FILTERS, queryText } from './address.js';
import { ask, Refused } from './fetch.js';
import { now } from './clock.js';
import { pulse } from './live.js';
import { place } from './place.js';
import { refreshEvery, spanOf, usualSpan } from './span.js';
import { status } from './status.js';

const NOTHING = { data: null, error: null, loading: true, stale: false, span: null, address: '', csv: '' };

// The filters of the address, for questions that take them.
export function filters(except = []) {
  const out = {};
  for (const name of FILTERS)
    if (!except.includes(name) && place.value.params[name]) out[name] = place.value.params[name];
  return out;
}

export const currentSpan = () =>
  spanOf(place.value.params, now(), beginning(), usualSpan(place.value.view));

// When there first was something to tell: circuits and guards come before the first measurement.
function beginning() {
  const { store, started_at: started } = status.value ?? {};
  return store?.oldest_at && Math.min(store.oldest_at, started ?? Infinity);
}

// `params` with the span's since and until, unless `span` is false, or a span of its own (a function
// that gives one). `path` null: nothing is asked.
// Gives {data, error, loading, stale, span, address, csv}: data stays while the next is on its way;
// stale says that the last attempt failed.
export function useAnswer(path, params = {}, { span = currentSpan, form = 'json', live = true } = {}) {
  const [state, set] = useState(NOTHING);
  const { since, until } = place.value.params;
  const identity = path && JSON.stringify([path, params, span === currentSpan ? [since, until] : String(span), form]);

  useEffect(() => {
    set((was) => ({ ...was, loading: true, error: null, ...(was.path === path ? {} : { data: null }) }));
    if (!path) return undefined;
    let ended = false;
    let timer = null;
    let asked = -Infinity;
    let failures = 0;
    let running = false;
    let good = false; // what is shown answers this question

    async function look() {
      clearTimeout(timer);
      timer = null;
      if (document.hidden) return; // the pulse comes when it is seen again
      running = true;
      asked = Date.now() * 1e3;
      const within = span ? span() : null;
      const question = within ? { ...params, ...bounds(within) } : params;
      const query = queryText(question);
      const address = `api/v1/${path}${query ? `?${query}` : ''}`;
      const csv = `api/v1/${path}.csv${query ? `?${query}` : ''}`;
      let next;
      try {
        next = { data: await ask(address, form), error: null, stale: false };
        failures = 0;
        good = true;
      } catch (error) {
        failures += 1;
        next = { error, stale: true, ...(good ? {} : { data: null }) };
      }
      running = false;
      if (ended) return;
      set((was) => ({ ...was, ...next, loading: false, path, csv, address, span: next.error ? was.span ?? within : within }));
      // What was refused stays refused until the question changes.
      const hopeless = next.error instanceof Refused && next.error.status < 500;
      if (failures > 0 && !hopeless) timer = setTimeout(look, Math.min(30, 2 ** failures) * 1000);
    }

    look();
    const heard = pulse.value;
    const stop = effect(() => {
      if (pulse.value === heard || !live || running || timer || document.hidden) return;
      const every = span ? refreshEvery(untracked(span)) : 2e6;
      timer = setTimeout(look, Math.max(0, (asked + every - Date.now() * 1e3) / 1000));
    });
    return () => {
      ended = true;
      clearTimeout(timer);
      stop();
    };
  }, [identity]);
  return state;
}

// The end of a relative span is open: what comes while the answer is on its way belongs to it.
const bounds = ({ since, until, relative }) => ({ since: Math.floor(since), until: relative ? undefined : Math.ceil(until) });
