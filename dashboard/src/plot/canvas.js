// A plot on a canvas (uPlot): as wide as its place, drawn anew when colours change, read by
// pointer, touch and keys. What is under the cursor is told in a line below, for everybody.
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import { html } from '../parts/html.js';
import { momentLabels, numberLabel, STEPS } from './ticks.js';
import { scheme, theme } from './theme.js';

export const timeAxis = (colours) => ({
  stroke: colours.quiet,
  font: colours.font,
  grid: { stroke: colours.hair, width: 1 },
  ticks: { stroke: colours.rule, width: 1, size: 4 },
  size: 40,
  gap: 2,
  space: 76,
  incrs: STEPS,
  values: (u, marks, axis, space, step) => momentLabels(marks, step),
});

export const numberAxis = (colours, divisor = 1, { size = 46, space = 32, incrs } = {}) => ({
  stroke: colours.quiet,
  font: colours.font,
  grid: { stroke: colours.hair, width: 1 },
  ticks: { show: false },
  size,
  gap: 4,
  space,
  ...(incrs ? { incrs } : {}),
  values: (u, marks, axis, found, step) => marks.map((value) => numberLabel(value / divisor, step / divisor)),
});

// make(colours, model) gives uPlot's options without size; `shape` is a text that changes when they
// must be made anew. What is drawn by hand comes from model(), which is the newest `model` given. places: the x values that keys step through. tell(x, y) is the line for a
// point of the plot, as values of the scales; pick(x, y) what a click there does; zoom(from, to).
export function Canvas({ shape, make, data, model, height = 190, label, hint, places, tell, pick, zoom, sync }) {
  const host = useRef(null);
  const line = useRef(null);
  const now = useRef({});
  const read = useRef(null); // where keys are, also when the plot is made anew
  now.current = { places, tell, pick, zoom, hint, model };
  const dark = scheme.value;

  useEffect(() => {
    const made = make(theme(), () => now.current.model);
    const width = () => Math.max(160, Math.floor(host.current.clientWidth));
    const plot = new uPlot(
      {
        ...made,
        width: width(),
        height,
        legend: { show: false },
        cursor: {
          y: false,
          points: { show: false },
          drag: { x: Boolean(now.current.zoom), y: false, setScale: false },
          ...(sync ? { sync: { key: sync, scales: ['x', null] } } : {}),
          ...made.cursor,
        },
        hooks: {
          ...made.hooks,
          setCursor: [(u) => say(u)],
          setSelect: [(u) => select(u)],
        },
      },
      data,
      host.current,
    );
    host.current.plot = plot;
    const fit = new ResizeObserver(() => {
      if (host.current && width() !== plot.width) plot.setSize({ width: width(), height });
    });
    fit.observe(host.current);

    let dragged = false;
    function select(u) {
      if (u.select.width < 4) return;
      dragged = true;
      const from = u.posToVal(u.select.left, 'x');
      const to = u.posToVal(u.select.left + u.select.width, 'x');
      u.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
      now.current.zoom?.(from, to);
    }
    const click = () => {
      if (!dragged && plot.cursor.left >= 0)
        now.current.pick?.(plot.posToVal(plot.cursor.left, 'x'), plot.posToVal(plot.cursor.top, 'y'));
      dragged = false;
    };
    plot.over.addEventListener('click', click);
    return () => {
      fit.disconnect();
      plot.destroy();
    };
  }, [shape, dark, height]);

  useEffect(() => {
    host.current?.plot?.setData(data, true);
  }, [data, model]);

  function say(u) {
    if (!line.current) return;
    const { left, top } = u.cursor;
    const { tell: words, hint: otherwise } = now.current;
    const text = left >= 0 && words ? words(u.posToVal(left, 'x'), u.posToVal(top, 'y')) : null;
    line.current.textContent = text ?? otherwise ?? '';
    line.current.classList.toggle('reads', Boolean(text));
  }

  function key(event) {
    const plot = host.current?.plot;
    const at = now.current.places ?? [];
    if (!plot || at.length === 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    const here = plot.cursor.left >= 0 ? plot.posToVal(plot.cursor.left, 'x') : read.current;
    const index = here === null ? -1 : nearest(at, here);
    const to = {
      ArrowRight: index < 0 ? 0 : index + 1,
      ArrowLeft: index < 0 ? at.length - 1 : index - 1,
      Home: 0,
      End: at.length - 1,
      PageDown: index + 10,
      PageUp: index - 10,
    }[event.key];
    if (event.key === 'Enter' && index >= 0) now.current.pick?.(at[index], null);
    else if (event.key === 'Escape') {
      read.current = null;
      plot.setCursor({ left: -10, top: -10 });
    }
    else if (to === undefined) return;
    else {
      const x = (read.current = at[Math.max(0, Math.min(at.length - 1, to))]);
      line.current.setAttribute('aria-live', 'polite');
      // The middle of the first bucket may lie before the axis begins.
      const left = Math.min(plot.over.clientWidth, Math.max(0, plot.valToPos(x, 'x')));
      plot.setCursor({ left, top: plot.over.clientHeight / 2 });
    }
    event.preventDefault();
  }

  const keys = places?.length ? ` Arrow keys read it step by step${pick ? ', Enter shows the measurements' : ''}.` : '';
  return html`<div class="canvas" ref=${host} style=${{ minHeight: `${height}px` }} tabindex="0" role="application"
      aria-roledescription="plot" aria-label=${`${label}.${keys}`} onKeyDown=${key}></div>
    <p class="reading" ref=${line}>${hint}</p>`;
}

export function nearest(sorted, x) {
  let low = 0;
  let high = sorted.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (sorted[middle] < x) low = middle;
    else high = middle;
  }
  return x - sorted[low] <= sorted[high] - x ? low : high;
}
