// All views by their names in the address: what they are called, which filters they know.
import { Allocation } from './views/allocation.js';
import { Circuits } from './views/circuits.js';
import { Compare } from './views/compare.js';
import { DistributionsView } from './views/distributions.js';
import { Experiment } from './views/experiment.js';
import { Failures } from './views/failures.js';
import { Guards } from './views/guards.js';
import { Measurement } from './views/measurement.js';
import { Measurements } from './views/measurements.js';
import { Overview } from './views/overview.js';
import { Pages } from './views/pages.js';
import { Status } from './views/status.js';
import { Throughput } from './views/throughput.js';
import { Week } from './views/week.js';

const ALL = ['experiment', 'arm', 'kind', 'target', 'source'];

export const VIEWS = {
  overview: { title: 'Overview', show: Overview, span: true, filters: ALL, summary: true },
  distributions: { title: 'Distributions', show: DistributionsView, span: true, filters: ALL },
  throughput: { title: 'Throughput', show: Throughput, span: true, filters: ALL },
  circuits: { title: 'Circuits', show: Circuits, span: true, filters: ALL },
  failures: { title: 'Failures', show: Failures, span: true, filters: ALL },
  guards: { title: 'Guards', show: Guards, span: true, filters: ALL },
  allocation: { title: 'Allocation', show: Allocation, span: true, filters: ALL },
  pages: { title: 'Page loads', show: Pages, span: true, filters: ALL },
  week: { title: 'Week', show: Week, span: true, filters: ALL },
  compare: { title: 'Compare', show: Compare, span: true, filters: ALL },
  measurements: { title: 'Measurements', show: Measurements, span: true, filters: [...ALL, 'outcome'] },
  status: { title: 'Status', show: Status },
  experiment: { title: 'Experiment', heading: (id) => id, show: Experiment, span: true, filters: ['arm', 'source', 'target'], hidden: true },
  measurement: { title: 'Measurement', show: Measurement, hidden: true },
};
