// What is shown: the span of time and the filters, all of them in the address.
import { useEffect, useRef } from 'preact/hooks';
import { html } from './html.js';
import { change, list, place } from '../state/place.js';
import { changed, format } from '../state/address.js';
import { CHOICES, parseMoment, usualSpan } from '../state/span.js';
import { currentSpan } from '../state/answer.js';
import { experiments, status } from '../state/status.js';
import { isoText } from '../text/format.js';
import { capital, plural } from '../text/words.js';

export function Span() {
  const { params } = place.value;
  const since = params.since?.[0];
  const fixed = Boolean(params.until?.[0]) || (since && !CHOICES.some(([value]) => value === since));
  const usual = usualSpan(place.value.view);
  const span = currentSpan();
  const input = (us) => isoText(Math.floor(us / 60e6) * 60e6).slice(0, 16);
  const set = (name) => (event) => {
    const at = parseMoment(event.currentTarget.value);
    const next = { since: span.since, until: span.until, [name]: at };
    // Half of what is typed may be no span yet.
    if (at !== null && next.since < next.until) change({ since: isoText(next.since), until: isoText(next.until) });
  };
  return html`<div class="span">
    <span class="choices" role="group" aria-label="Span of time">
      ${CHOICES.map(([value, title]) => {
        const on = !fixed && (since ?? usual) === value;
        return html`<a href=${changed(place.value, { since: value === usual ? undefined : value, until: undefined })}
          class=${on ? 'on' : ''} aria-current=${on ? 'true' : undefined}>${title}</a>`;
      })}
    </span>
    <${Menu} title=${fixed ? `${input(span.since).replace('T', ' ')} to ${params.until ? input(span.until).replace('T', ' ') : 'now'}` : 'From … to …'} on=${fixed}>
      <label>from (UTC)<input type="datetime-local" value=${input(span.since)} onChange=${set('since')} /></label>
      <label>to (UTC)<input type="datetime-local" value=${input(span.until)} onChange=${set('until')} /></label>
    </${Menu}>
    ${fixed ? null : html`<a class="quiet" title="The same with this span of time held fast: to pass on" href=${changed(place.value, { since: isoText(Math.floor(span.since)), until: isoText(Math.ceil(span.until)) })}>Permalink</a>`}
    ${span.error ? html`<p class="nothing bad" role="alert">${span.error}</p>` : null}
  </div>`;
}

// `names`: which filters the view knows.
export function Filters({ names }) {
  const all = experiments();
  const unique = (values) => [...new Set(values)].filter(Boolean).sort();
  const choices = {
    experiment: unique(all.map((one) => one.name)),
    arm: unique(all.flatMap((one) => one.arms ?? [])),
    kind: unique(all.map((one) => one.kind)),
    target: unique(all.flatMap((one) => one.targets ?? [])),
    source: unique([status.value?.vantage]),
    outcome: ['ok', 'failed'],
  };
  const set = names.filter((name) => list(name).length > 0);
  const text = (name, value) => (name === 'kind' ? plural(value) : value);
  return html`<div class="filters">
    ${names.map((name) => {
      const chosen = list(name);
      const offered = unique([...(choices[name] ?? []), ...chosen]);
      if (offered.length < 2 && chosen.length === 0) return null;
      const single = name === 'target';
      const toggle = (value, on) =>
        change({ [name]: single ? (on ? value : undefined) : on ? [...chosen, value] : chosen.filter((one) => one !== value) });
      return html`<${Menu} key=${name} on=${chosen.length > 0}
          title=${`${capital(name)}: ${chosen.length === 0 ? 'all' : chosen.length < 3 ? chosen.map((one) => text(name, one)).join(', ') : `${chosen.length} of ${offered.length}`}`}>
        ${offered.map((value) => html`<label class="check"><input type="checkbox" checked=${chosen.includes(value)}
          onChange=${(event) => toggle(value, event.currentTarget.checked)} />${text(name, value)}</label>`)}
      </${Menu}>`;
    })}
    ${set.length ? html`<a class="quiet" href=${format({ ...place.value, params: without(place.value.params, names) })}>Without filters</a>` : null}
  </div>`;
}

function without(params, names) {
  return Object.fromEntries(Object.entries(params).filter(([name]) => !names.includes(name)));
}

// A choice of one parameter's value, as links that look like buttons.
// `clears`: what was chosen for another value.
export function Choice({ name, title, options, otherwise, clears }) {
  const current = list(name)[0] ?? otherwise;
  return html`<label class="choice">${title}
    <select value=${current} onChange=${(event) => change({ ...clears, [name]: event.currentTarget.value === otherwise ? undefined : event.currentTarget.value })}>
      ${options.map(([value, text]) => html`<option value=${value} selected=${value === current}>${text}</option>`)}
    </select></label>`;
}

// A button that opens a panel; it closes by Escape, and where something else is chosen.
function Menu({ title, on, children }) {
  const own = useRef(null);
  useEffect(() => {
    const close = (event) => {
      if (own.current?.open && !own.current.contains(event.target)) own.current.open = false;
    };
    document.addEventListener('pointerdown', close);
    document.addEventListener('focusin', close);
    return () => {
      document.removeEventListener('pointerdown', close);
      document.removeEventListener('focusin', close);
    };
  }, []);
  const key = (event) => {
    if (event.key !== 'Escape' || !own.current.open) return;
    own.current.open = false;
    own.current.querySelector('summary').focus();
  };
  return html`<details class=${`menu ${on ? 'on' : ''}`} ref=${own} onKeyDown=${key}>
    <summary>${title}</summary><div class="panel">${children}</div></details>`;
}
