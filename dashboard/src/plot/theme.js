// The page's colours, for what is drawn on a canvas. They follow the reader's choice of light and
// dark; `scheme` changes with it.
import { signal } from '@preact/signals';

const dark = matchMedia('(prefers-color-scheme: dark)');
export const scheme = signal(dark.matches);
dark.addEventListener('change', () => {
  scheme.value = dark.matches;
});

// Lines are told apart by dashes, too (src/report/style.cpp has the same).
export const DASHES = [[], [7, 3], [2.5, 2.5], [9, 3, 2, 3], [13, 4], [1.5, 4]];
export const STYLES = DASHES.length;

export function theme() {
  const css = getComputedStyle(document.documentElement);
  const of = (name) => css.getPropertyValue(`--${name}`).trim();
  return {
    text: of('text'),
    quiet: of('quiet'),
    hair: of('hair'),
    rule: of('rule'),
    page: of('page'),
    alarm: of('alarm'),
    lines: DASHES.map((_, i) => of(`c${i}`)),
    font: `12px ${getComputedStyle(document.body).fontFamily}`,
  };
}

// The sheet's colours are hexadecimal.
export function faded(colour, opacity) {
  const [red, green, blue] = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
  return `rgba(${red},${green},${blue},${opacity})`;
}
