import type { RequestFacts } from '../events/events.ts';
import type { Metrics } from '../metrics/metrics.ts';
import { metricsJson } from './metrics-json.ts';
import { attributes } from './otlp-json.ts';
import { type Span, type SpannedRequest, spanOf } from './spans.ts';

/** A collector, and what to call this process there. */
export interface OtlpTarget {
  /** Its address, to which the path of each signal is added. */
  readonly endpoint: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly serviceName: string;
}

/** The parts of an {@link OtlpExporter}. */
export interface OtlpOptions extends OtlpTarget {
  readonly version: string;
  /** Tells this process from others of the same name. */
  readonly instance: string;
  readonly metrics: Pick<Metrics, 'values'>;
  /** Called when a collector begins not to take what it gets. */
  readonly onFault: (error: Error) => void;
  readonly intervals?: { readonly spansMs: number; readonly metricsMs: number };
}

/** How often each signal is sent, unless a test needs others, and how long that may take; milliseconds. */
const INTERVALS = { spansMs: 5_000, metricsMs: 60_000 };
const TIMEOUT_MS = 10_000;
const LAST_TIMEOUT_MS = 2_000;
/** Spans that wait at most, and spans of one message; what comes when that many wait is not kept. */
const MAX_WAITING = 2_048;
const MAX_SENT = 512;
/** The answers after which the same may be sent again (OTLP/HTTP, "Failures"). */
const RETRYABLE = [429, 502, 503, 504];

/** Sends metrics and spans to a collector, as OTLP over HTTP in JSON. Whatever the collector does, requests are served. */
export class OtlpExporter {
  readonly #options: OtlpOptions;
  readonly #startedMs = Date.now();
  readonly #timers: readonly NodeJS.Timeout[];
  readonly #failing = new Set<string>();
  readonly #closing = new AbortController();
  #spans: Span[] = [];
  #last: Promise<void> = Promise.resolve();

  constructor(options: OtlpOptions) {
    this.#options = options;
    const { spansMs, metricsMs } = options.intervals ?? INTERVALS;
    this.#timers = [
      setInterval(() => this.#queue((signal) => this.#sendSpans(signal)), spansMs).unref(),
      setInterval(() => this.#queue((signal) => this.#sendMetrics(signal)), metricsMs).unref(),
    ];
  }

  /** Fits `ServeObserver` of mcp/observer.ts. */
  readonly served = {
    toolCalled: (facts: RequestFacts & { readonly tool: string }) =>
      this.#add({ method: 'tools/call', tool: facts.tool }, facts),
    resourceRead: (facts: RequestFacts) => this.#add({ method: 'resources/read' }, facts),
  };

  /** Sends what there is, once, and ends. */
  async close(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    this.#closing.abort();
    await this.#last;
    const signal = AbortSignal.timeout(LAST_TIMEOUT_MS);
    await Promise.all([this.#sendSpans(signal), this.#sendMetrics(signal)]);
  }

  #add(request: SpannedRequest, facts: RequestFacts): void {
    if (this.#spans.length >= MAX_WAITING) return;
    const span = spanOf(request, facts, Date.now());
    if (span !== undefined) this.#spans.push(span);
  }

  /** One after the other: a collector that is slow gets no second connection. */
  #queue(send: (signal: AbortSignal) => Promise<void>): void {
    this.#last = this.#last.then(() => send(AbortSignal.any([this.#closing.signal, AbortSignal.timeout(TIMEOUT_MS)])));
  }

  async #sendSpans(signal: AbortSignal): Promise<void> {
    while (this.#spans.length > 0) {
      const spans = this.#spans.slice(0, MAX_SENT);
      const scopeSpans = [{ scope: this.#scope(), spans }];
      const body = { resourceSpans: [{ resource: this.#resource(), scopeSpans }] };
      if (!(await this.#post('traces', body, signal))) return;
      this.#spans = this.#spans.slice(spans.length);
    }
  }

  async #sendMetrics(signal: AbortSignal): Promise<void> {
    const metrics = metricsJson(await this.#options.metrics.values(), this.#startedMs, Date.now());
    const scopeMetrics = [{ scope: this.#scope(), metrics }];
    await this.#post('metrics', { resourceMetrics: [{ resource: this.#resource(), scopeMetrics }] }, signal);
  }

  /** Returns false when the same has to be sent again. */
  async #post(kind: 'traces' | 'metrics', body: unknown, signal: AbortSignal): Promise<boolean> {
    const { endpoint, headers } = this.#options;
    try {
      const response = await fetch(`${endpoint.replace(/\/+$/, '')}/v1/${kind}`, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json' },
        body: JSON.stringify(body),
        redirect: 'error',
        signal,
      });
      await response.body?.cancel();
      if (response.ok) this.#failing.delete(kind);
      else this.#fail(kind, `status ${response.status}`);
      return !RETRYABLE.includes(response.status);
    } catch (error) {
      this.#fail(kind, 'no answer', error);
      return false;
    }
  }

  /** Reported once until it works again. */
  #fail(kind: string, what: string, cause?: unknown): void {
    if (this.#failing.has(kind)) return;
    this.#failing.add(kind);
    this.#options.onFault(new Error(`the collector did not take ${kind}: ${what}`, { cause }));
  }

  #scope() {
    return { name: 'mcp-config-store', version: this.#options.version };
  }

  #resource() {
    const { serviceName, version, instance } = this.#options;
    return {
      attributes: attributes({
        'service.name': serviceName,
        'service.version': version,
        'service.instance.id': instance,
      }),
    };
  }
}
