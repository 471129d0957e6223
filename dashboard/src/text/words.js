// What things are called, in the same words as the report (src/report/quantity.cpp, words.cpp).
// Pure functions.
import { sizeText } from './format.js';

const TITLES = {
  ttfb: 'time to first byte',
  ttlb: 'time to last byte',
  throughput: 'throughput',
  answer: 'time to the answer',
  fcp: 'time to first contentful paint',
  lcp: 'time to largest contentful paint',
  load: 'time to the load event',
  fully_loaded: 'time to fully loaded',
  latency: 'latency',
  'throughput_0.5_1_mib': 'throughput from 0.5 to 1 MiB',
  throughput_4_5_mib: 'throughput from 4 to 5 MiB',
  built_1: 'launch to first hop',
  built_2: 'launch to second hop',
  built_3: 'launch to third hop',
  built_4: 'launch to fourth hop',
  hop_1: 'first hop alone',
  hop_2: 'second hop alone',
  hop_3: 'third hop alone',
  hop_4: 'fourth hop alone',
};
export const METRICS = Object.keys(TITLES);
export const metricTitle = (name) => TITLES[name] ?? name.replace('_', ' ');
export const isRate = (name) => name.startsWith('throughput');
export const unitOf = (name) => (isRate(name) ? 'bit/s' : name === 'failure_rate' ? 'share' : 'us');

export const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

const PLURALS = {
  download: 'downloads',
  upload: 'uploads',
  page: 'page loads',
  allocation: 'series of streams',
  resolve: 'resolutions',
};
export const plural = (kind) => PLURALS[kind] ?? kind;

// The metric that tells when a measurement of this kind is over, and those that it has.
export const endOf = (kind) => ({ page: 'fully_loaded', resolve: 'answer' })[kind] ?? 'ttlb';
export const KIND_METRICS = {
  download: ['ttfb', 'ttlb', 'throughput', 'latency', 'throughput_0.5_1_mib', 'throughput_4_5_mib'],
  upload: ['ttfb', 'ttlb', 'throughput'],
  page: ['ttfb', 'fcp', 'lcp', 'load', 'fully_loaded'],
  allocation: ['ttlb'],
  resolve: ['answer'],
};

// Whether such measurements can have it: what has no first byte did not fail to get one. Times of
// circuits, all may have.
export const hasMetric = (kind, metric) =>
  /^(built|hop)_/.test(metric) || (KIND_METRICS[kind] ?? [metric]).includes(metric);

// "50 KiB downloads, direct"
export function whatOf(key) {
  const what = key.filesize > 0 && key.kind !== 'page' ? `${sizeText(key.filesize)} ${plural(key.kind)}` : plural(key.kind);
  return key.target && key.kind !== 'resolve' ? `${what}, ${key.target}` : what;
}

// "early-data/plain"
export const nameOf = (key) => (key.arm ? `${key.experiment}/${key.arm}` : key.experiment);

// What tells this one from the others that stand beside it: the name, and what else differs.
export function labelOf(key, among) {
  const same = among.filter((other) => nameOf(other) === nameOf(key));
  const differs = (field) => same.some((other) => other[field] !== key[field]);
  const parts = [nameOf(key)];
  if (key.arm === '' && among.some((other) => other.arm !== '' && other.experiment === key.experiment)) parts.push('no arm');
  if (differs('source')) parts.push(key.source);
  if (differs('target')) parts.push(key.target);
  if (differs('filesize')) parts.push(sizeText(key.filesize));
  return parts.join(', ');
}

// One text for each series: its identity.
export const keyText = (key) =>
  [key.source, key.experiment, key.arm, key.kind, key.target, key.filesize].join('\u0001');

// The filter that chooses what belongs to a series, as far as addresses can say it.
export function filterOf(key) {
  const out = { experiment: key.experiment };
  for (const field of ['source', 'arm', 'kind', 'target']) if (key[field]) out[field] = key[field];
  if (key.target === 'web') delete out.target;
  return out;
}

const FAILURES = {
  TOR: 'tor itself',
  SOCKS: 'refused by the proxy, or by tor through it',
  HTTP: 'the server, or what came of its answer',
  NET: 'the connection',
  BROWSER: 'the browser',
  PERFD: 'perfd itself',
};
export const failureGroup = (code) => FAILURES[code.split('_')[0]] ?? 'something else';
