// Numbers as a person reads them, in the same words as the report (src/report/scale.cpp).
// Times in µs, rates in bit/s, moments in µs since the epoch, UTC. Pure functions.

export const SECOND = 1e6;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

export const NONE = '–';

const threeFigures = (value) => value.toFixed(Math.abs(value) < 9.995 ? 2 : Math.abs(value) < 99.95 ? 1 : 0);

export function timeText(us) {
  const size = Math.abs(us);
  if (size < 999.5) return `${us.toFixed(0)} µs`;
  if (size < 999.5e3) return `${threeFigures(us / 1e3)} ms`;
  return `${threeFigures(us / 1e6)} s`;
}

export function rateText(bps) {
  const size = Math.abs(bps);
  if (size < 999.5e3) return `${threeFigures(bps / 1e3)} kbit/s`;
  if (size < 999.5e6) return `${threeFigures(bps / 1e6)} Mbit/s`;
  return `${threeFigures(bps / 1e9)} Gbit/s`;
}

// `unit` is "us" or "bit/s", as answers of the API tell it, or "share".
export function valueText(unit, value) {
  if (value === null || value === undefined || !Number.isFinite(value)) return NONE;
  if (unit === 'share') return `${(100 * value).toFixed(1)} %`;
  return unit === 'bit/s' ? rateText(value) : timeText(value);
}

// In what unit the values of an axis are told: one for all of its labels.
export function displayUnit(unit, largest) {
  if (unit === 'bit/s') {
    if (largest < 1e6) return { divisor: 1e3, name: 'kbit/s' };
    if (largest < 10e9) return { divisor: 1e6, name: 'Mbit/s' };
    return { divisor: 1e9, name: 'Gbit/s' };
  }
  if (largest < 100) return { divisor: 1, name: 'µs' };
  if (largest < 100e3) return { divisor: 1e3, name: 'ms' };
  return { divisor: 1e6, name: 's' };
}

export const countText = (number) => String(number).replace(/\B(?=(\d{3})+$)/g, ',');

export const counted = (number, noun) => `${countText(number)} ${noun}${number === 1 ? '' : 's'}`;

// Never "0.0 %" of what is not nothing, nor "100.0 %" of what is not all.
export function percentText(part, whole) {
  if (!whole) return NONE;
  const share = (100 * part) / whole;
  if (part > 0 && share < 0.05) return '< 0.1 %';
  if (part < whole && share >= 99.95) return '> 99.9 %';
  return `${share.toFixed(1)} %`;
}

// Whole multiples only, as sizes of payloads are: "50 KiB", "1 MiB", else bytes.
export function sizeText(bytes) {
  for (const [name, factor] of [['GiB', 2 ** 30], ['MiB', 2 ** 20], ['KiB', 2 ** 10]])
    if (bytes >= factor && bytes % factor === 0) return `${bytes / factor} ${name}`;
  return `${bytes} B`;
}

// Of a store: "1.2 GB".
export function storageText(bytes) {
  for (const [name, factor] of [['GB', 1e9], ['MB', 1e6], ['kB', 1e3]])
    if (bytes >= factor) return `${threeFigures(bytes / factor)} ${name}`;
  return `${bytes} B`;
}

const two = (number) => String(number).padStart(2, '0');
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
export const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

const utc = (us) => new Date(us / 1e3);

export const dayText = (us) => `${utc(us).getUTCDate()} ${MONTHS[utc(us).getUTCMonth()]}`;
export const clockText = (us) => `${two(utc(us).getUTCHours())}:${two(utc(us).getUTCMinutes())}`;
export const clockSecondsText = (us) => `${clockText(us)}:${two(utc(us).getUTCSeconds())}`;
// "24 Nov 2026, 03:37:40"
export const momentText = (us) => `${dayText(us)} ${utc(us).getUTCFullYear()}, ${clockSecondsText(us)}`;
// As addresses have it: "2026-11-24T03:37:40Z", with as many digits as the moment needs.
export function isoText(us) {
  const whole = Math.floor(us / SECOND) * SECOND;
  const seconds = new Date(whole / 1e3).toISOString().slice(0, 19);
  const rest = Math.round(us - whole);
  return rest === 0 ? `${seconds}Z` : `${seconds}.${String(rest).padStart(6, '0').replace(/0+$/, '')}Z`;
}

// "12 s", "5 min", "3 h", "2 days": how long, roughly.
export function spanText(us) {
  const size = Math.max(0, us);
  if (size < 100 * SECOND) return `${Math.round(size / SECOND)} s`;
  if (size < 100 * MINUTE) return `${Math.round(size / MINUTE)} min`;
  if (size < 48 * HOUR) return `${Math.round(size / HOUR)} h`;
  return `${Math.round(size / DAY)} days`;
}

export const agoText = (us) => (us < 2 * SECOND ? 'just now' : `${spanText(us)} ago`);

// A bucket's length exactly: "1 hour", "288 s".
export function stepText(us) {
  for (const [name, length] of [['day', DAY], ['hour', HOUR], ['minute', MINUTE]])
    if (us >= length && us % length === 0) return us === length ? `1 ${name}` : `${us / length} ${name}s`;
  return `${Number((us / SECOND).toFixed(3))} s`;
}
