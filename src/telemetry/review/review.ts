import { isConfigName } from '../../core/name.ts';
import { REFUSAL_CODES } from '../events/catalog.ts';
import {
  codeOf,
  commitOf,
  count,
  duration,
  isAbout,
  isWanted,
  list,
  nameOf,
  occurrence,
  toolOf,
  type WantedConfigs,
} from '../events/event-fields.ts';
import type { EventRecord } from '../events/event-line.ts';
import { UNKNOWN } from '../events/sanitize.ts';
import { entryOf, Greatest, Last } from './bounded-collections.ts';
import { FailuresByCode } from './failures-by-code.ts';
import { Latency } from './latency.ts';
import type { ConfigFacts, Occurrence, PeriodFacts, ReviewFacts } from './review-facts.ts';

/** Which events count; without any member, all. */
export interface ReviewFilter extends WantedConfigs {
  readonly tool?: string | undefined;
  readonly failuresOnly?: boolean | undefined;
}

export interface ReviewOptions {
  readonly filter?: ReviewFilter | undefined;
  /** How many slowest calls, last failures and configs the facts hold at most. */
  readonly limit: number;
  /** The length of a period. */
  readonly period?: 'day' | 'hour' | undefined;
}

const SIGNATURE_CODES: readonly unknown[] = ['SIGNATURE_INVALID', 'KEY_UNTRUSTED', 'CORRUPT'];
/** More of them than this are counted together, so that memory has a bound whatever the files hold. */
const MAX_TOOLS = 100;
const MAX_CODES = 50;
const MAX_PERIODS = 10_000;
const MAX_CONFIGS = 10_000;

/** Collects the facts of any number of events in bounded memory. */
export class Review {
  readonly #options: ReviewOptions;
  readonly #headline = {
    calls: 0,
    failures: 0,
    commits: 0,
    refusals: 0,
    signatureFaults: 0,
    busyWaits: 0,
    critical: 0,
  };
  readonly #tools = new Map<string, { calls: number; failures: number; readonly latency: Latency }>();
  readonly #configs = new Map<string, ConfigFacts>();
  readonly #periods = new Map<string, Omit<{ -readonly [Field in keyof PeriodFacts]: PeriodFacts[Field] }, 'start'>>();
  readonly #criticalCodes = new Map<string, { count: number }>();
  readonly #refusalCodes = new Map<string, { count: number }>();
  readonly #codes = new FailuresByCode();
  readonly #slowest: Greatest<Occurrence>;
  readonly #failures: Last<Occurrence>;
  #events = 0;

  constructor(options: ReviewOptions) {
    this.#options = options;
    this.#slowest = new Greatest(options.limit, ({ durationMs = 0 }) => durationMs);
    this.#failures = new Last(options.limit);
  }

  add(event: EventRecord): void {
    if (!matches(event, this.#options.filter ?? {})) return;
    this.#events++;
    const code = codeOf(event['error.type']);
    if (event.level === 'error') {
      this.#headline.critical++;
      add(this.#criticalCodes, code ?? nameOf(event));
    }
    if (SIGNATURE_CODES.includes(code) || list(event['finding.types']).some((found) => SIGNATURE_CODES.includes(found)))
      this.#headline.signatureFaults++;
    if (isFailure(event) && !isToldTwice(event, code)) {
      this.#failures.add(occurrence(event));
      this.#codes.add(event, code);
      if (code !== undefined) this.#period(event).failed++;
    }
    switch (event['event.name']) {
      case 'tool.called':
      case 'resource.read':
        this.#addCall(event, code !== undefined);
        break;
      case 'config.committed':
        this.#addCommit(event);
        break;
      case 'config.refused':
        this.#headline.refusals++;
        this.#period(event).refusals++;
        add(this.#refusalCodes, code ?? UNKNOWN);
        break;
      case 'store.busy':
        this.#headline.busyWaits++;
        break;
    }
  }

  facts(): ReviewFacts {
    const tools = [...this.#tools].map(([tool, { calls, failures, latency }]) => ({
      tool,
      calls,
      failures,
      ...latency.figures(),
    }));
    const configs = [...this.#configs.values()].sort((a, b) => b.commits - a.commits || (a.name < b.name ? -1 : 1));
    return {
      events: this.#events,
      headline: { ...this.#headline },
      tools: tools.sort((a, b) => b.calls - a.calls || (a.tool < b.tool ? -1 : 1)),
      slowest: this.#slowest.items(),
      lastFailures: this.#failures.items().reverse(),
      configs: configs.slice(0, this.#options.limit),
      periods: [...this.#periods]
        .map(([start, period]) => ({ start, ...period }))
        .sort((a, b) => (a.start < b.start ? -1 : 1)),
      codes: this.#codes.facts(),
      criticalCodes: Object.fromEntries([...this.#criticalCodes].map(([code, { count }]) => [code, count])),
      refusalCodes: Object.fromEntries([...this.#refusalCodes].map(([code, { count }]) => [code, count])),
    };
  }

  #addCall(event: EventRecord, failed: boolean): void {
    const tool = entryOf(
      this.#tools,
      toolOf(event) ?? UNKNOWN,
      () => ({ calls: 0, failures: 0, latency: new Latency() }),
      MAX_TOOLS,
      UNKNOWN,
    );
    const period = this.#period(event);
    const durationMs = duration(event['duration_ms']);
    tool.latency.add(durationMs);
    if (this.#slowest.takes(durationMs)) this.#slowest.add(occurrence(event));
    for (const counted of [this.#headline, tool, period]) {
      counted.calls++;
      if (failed) counted.failures++;
    }
  }

  #addCommit(event: EventRecord): void {
    this.#headline.commits++;
    this.#period(event).commits++;
    const wanted = this.#options.filter ?? {};
    const versions = list(event['config.versions']);
    const index = count(event['log.index']);
    for (const [i, name] of list(event['config.names']).entries()) {
      if (!isConfigName(name) || !isWanted(name, wanted)) continue;
      const before = this.#configs.get(name);
      if (before === undefined && this.#configs.size >= MAX_CONFIGS) continue;
      const newest =
        before !== undefined && before.index > index
          ? before
          : { name, version: count(versions[i]), index, commit: commitOf(event), time: event.time };
      this.#configs.set(name, { ...newest, commits: (before?.commits ?? 0) + 1 });
    }
  }

  #period({ time }: EventRecord) {
    const start = time.slice(0, this.#options.period === 'hour' ? 13 : 10);
    return entryOf(
      this.#periods,
      start,
      () => ({ calls: 0, failures: 0, commits: 0, refusals: 0, failed: 0 }),
      MAX_PERIODS,
      start.slice(0, 10),
    );
  }
}

function matches(event: EventRecord, { tool, failuresOnly, ...wanted }: ReviewFilter): boolean {
  if (tool !== undefined && event['gen_ai.tool.name'] !== tool) return false;
  if ((wanted.config ?? wanted.prefix) !== undefined && !isAbout(event, wanted)) return false;
  return failuresOnly !== true || isFailure(event);
}

/** Returns true for an event of a failure or a refusal. */
export function isFailure(event: EventRecord): boolean {
  return event['error.type'] !== undefined || event.level !== 'info';
}

/** Returns true for a call whose refusal has an event of its own, which says more: rule and path. */
function isToldTwice(event: EventRecord, code: string | undefined): boolean {
  return event['event.name'] === 'tool.called' && REFUSAL_CODES.some((refusal) => refusal === code);
}

function add(counts: Map<string, { count: number }>, code: string): void {
  entryOf(counts, code, () => ({ count: 0 }), MAX_CODES, UNKNOWN).count++;
}
