import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { forInstallation } from './tenant-scope.ts';

type Labels = Readonly<Record<string, string>>;

interface RequestMeasure {
  readonly method: string;
  /** The route's pattern, never the URL: labels are kept for ever, so they come from a closed set. */
  readonly route: string;
  readonly status: number;
  readonly seconds: number;
}

export interface MetricCounter {
  add(amount?: number, labels?: Labels): void;
}

export interface MetricHistogram {
  observe(value: number, labels?: Labels): void;
}

/** One line of a gauge that has several. */
export interface LabeledLevel {
  readonly labels: Labels;
  readonly value: number;
}

export interface Metrics {
  observeRequest(measure: RequestMeasure): void;
  /** A number that only grows; its name ends in `_total`. @throws Error where the name is taken */
  counter(name: string, help: string, labelNames?: readonly string[]): MetricCounter;
  /** A level that is read when somebody looks. @throws Error where the name is taken */
  gauge(name: string, help: string, read: () => number | Promise<number>): void;
  /** Levels by label, of which only those that are read now are shown; the reader bounds their number. @throws Error where the name is taken */
  gauges(name: string, help: string, labelNames: readonly string[], read: () => Promise<readonly LabeledLevel[]>): void;
  /** How long things took, in seconds. @throws Error where the name is taken */
  histogram(name: string, help: string, labelNames?: readonly string[]): MetricHistogram;
  /** Everything in the Prometheus text format. */
  render(): Promise<string>;
  readonly contentType: string;
}

/** From a cached read to a verb that waits for a slow provider. */
const SECONDS_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** RFC 9110 section 9 and RFC 5789; anything else a stranger invents is one label. */
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** Measures of one process in a registry of their own, so that two installations in one process do not mix. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const requests = new Histogram({
    name: 'tollgate_http_request_seconds',
    help: 'Time from the first byte of a request to the end of its answer',
    labelNames: ['method', 'route', 'status'],
    buckets: SECONDS_BUCKETS,
    registers: [registry],
  });
  return {
    observeRequest({ method, route, status, seconds }) {
      const labels = { method: METHODS.has(method) ? method : 'other', route, status: `${Math.floor(status / 100)}xx` };
      requests.observe(labels, seconds);
    },
    counter(name, help, labelNames = []) {
      const counter = new Counter({ name, help, labelNames, registers: [registry] });
      return { add: (amount = 1, labels = {}) => counter.inc(labels, amount) };
    },
    gauge(name, help, read) {
      new Gauge({
        name,
        help,
        registers: [registry],
        async collect() {
          this.set(await forInstallation('sweep', async () => read()));
        },
      });
    },
    gauges(name, help, labelNames, read) {
      new Gauge({
        name,
        help,
        labelNames,
        registers: [registry],
        async collect() {
          const levels = await forInstallation('sweep', read);
          this.reset();
          for (const { labels, value } of levels) this.set(labels, value);
        },
      });
    },
    histogram(name, help, labelNames = []) {
      const histogram = new Histogram({ name, help, labelNames, buckets: SECONDS_BUCKETS, registers: [registry] });
      return { observe: (value, labels = {}) => histogram.observe(labels, value) };
    },
    render: () => registry.metrics(),
    contentType: registry.contentType,
  };
}
