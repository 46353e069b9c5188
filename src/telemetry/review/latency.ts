import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';

/** Durations in milliseconds; percentiles are right to 1 %. */
export interface LatencyFigures {
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly maxMs: number;
}

const HOUR_US = 3_600_000_000;

/** Collects durations in constant memory, in the HDR histogram that Node carries: microseconds to an hour, two digits. */
export class Latency {
  readonly #histogram: RecordableHistogram = createHistogram({ lowest: 1, highest: HOUR_US, figures: 2 });
  #maxMs = 0;

  /** Adds one duration in milliseconds; beyond an hour it counts as an hour. */
  add(durationMs: number): void {
    this.#histogram.record(Math.min(Math.max(1, Math.round(durationMs * 1_000)), HOUR_US));
    if (durationMs > this.#maxMs) this.#maxMs = durationMs;
  }

  figures(): LatencyFigures {
    return { p50Ms: this.#percentile(50), p95Ms: this.#percentile(95), maxMs: this.#maxMs };
  }

  #percentile(percent: number): number {
    if (this.#histogram.count === 0) return 0;
    // The histogram answers with the upper end of a bucket, which may lie above the largest value there was.
    return Math.min(this.#histogram.percentile(percent) / 1_000, this.#maxMs);
  }
}
