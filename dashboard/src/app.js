// The page: head, ways to the views, the view that the address names.
import { useEffect, useRef } from 'preact/hooks';
import { html } from './parts/html.js';
import { Filters, Span } from './parts/filters.js';
import { Ago } from './parts/small.js';
import { Nothing, Trouble, Waiting } from './parts/states.js';
import { elsewhere } from './state/address.js';
import { trouble } from './state/fetch.js';
import { connection, last } from './state/live.js';
import { place } from './state/place.js';
import { status, statusError } from './state/status.js';
import { clockSecondsText } from './text/format.js';
import { VIEWS } from './views.js';

export function App({ summary }) {
  const { view, id } = place.value;
  const current = VIEWS[view];
  const head = useRef(null);
  const shown = useRef(null);
  const ways = useRef(null);
  const title = current ? current.heading?.(id) ?? current.title : 'No such view';
  const vantage = status.value?.vantage;

  useEffect(() => {
    document.title = `${title} · perfd${vantage ? ` ${vantage}` : ''}`;
    // Who came by a link hears where they are; not at the first view, which is read from the top.
    if (shown.current !== null && shown.current !== view + id) {
      head.current?.focus({ preventScroll: true });
      scrollTo(0, 0);
    }
    shown.current = view + id;
    // On a telephone the ways to the views are a strip that is longer than the screen.
    const way = ways.current?.querySelector('[aria-current]');
    if (way) ways.current.scrollLeft = way.offsetLeft - (ways.current.clientWidth - way.offsetWidth) / 2;
  }, [title, view, id, vantage]);

  return html`<a class="skip" href="#main" onClick=${(event) => { event.preventDefault(); head.current?.focus(); }}>To the content</a>
    <header class="top">
      <p class="brand"><a href="#/overview">perfd</a>${vantage ? html` <span>at ${vantage}</span>` : null}</p>
      <${Live} />
      <nav aria-label="Views" ref=${ways}>${Object.entries(VIEWS).filter(([, one]) => !one.hidden).map(([name, one]) => html`<a
        href=${elsewhere(place.value, name)} aria-current=${name === view ? 'page' : undefined}>${one.title}</a>`)}</nav>
    </header>
    <${Banner} />
    <main id="main">
      <h1 tabindex="-1" ref=${head}>${title}</h1>
      ${current ? html`<${View} current=${current} summary=${summary} key=${view + id} />`
        : html`<${Nothing} say=${`There is no view “${view}”.`}><p><a href="#/overview">Overview</a></p></${Nothing}>`}
    </main>
    <footer>${footer(status.value)}</footer>`;
}

// Views want to know what is measured before they ask for it. Until then the summary that came with
// the page is shown, which has the key figures.
function View({ current, summary }) {
  if (!status.value) {
    if (statusError.value) return html`<${Trouble} error=${statusError.value} />${summaryOf(summary, current)}`;
    return summaryOf(summary, current) ?? html`<${Waiting} height=${320} />`;
  }
  return html`${current.span || current.filters ? html`<div class="bar">
      ${current.span ? html`<${Span} />` : null}${current.filters ? html`<${Filters} names=${current.filters} />` : null}</div>` : null}
    <${current.show} />`;
}

const summaryOf = (summary, current) =>
  summary && current.summary ? html`<div class="summary" dangerouslySetInnerHTML=${{ __html: summary }}></div>` : null;

function Live() {
  const newest = Math.max(last.value?.at ?? 0, status.value?.store?.newest_at ?? 0);
  const words = { live: 'live', polling: 'every 15 s', connecting: 'connecting' }[connection.value];
  return html`<p class=${`news ${connection.value}`}><span class="lamp" aria-hidden="true"></span>${words}${newest ? html`<span>, last result <${Ago} at=${newest} /></span>` : null}</p>`;
}

function Banner() {
  const wrong = trouble.value;
  if (!wrong || !status.value) return null;
  return html`<p class="banner" role="alert">No answer since ${clockSecondsText(wrong.at)} UTC (${wrong.why}). What you see is from before; perfd is asked again every few seconds.</p>`;
}

const footer = (known) => html`Times are UTC. <a href="results.jsonl">All results</a> as JSON lines, <a href="results.tpf">as .tpf</a>. They are read over${' '}
  <a href="api/v1/openapi.json">this API</a>.${known ? ` perfd ${known.version}.` : ''}`;
