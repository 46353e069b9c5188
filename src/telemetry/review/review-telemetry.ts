import type { Guidance } from '../../core/advice.ts';
import { StoreError } from '../../core/errors.ts';
import type { Notice } from '../../core/notice.ts';
import { shortId } from '../../core/short-id.ts';
import { thousands } from '../../core/thousands.ts';
import { fileFault } from '../../disk/file-fault.ts';
import type { SinkState } from '../events/sink.ts';
import { timeWindow } from '../read/time-window.ts';
import { nextStep } from './next-step.ts';
import { type MoreOfEvents, type ReviewedEvents, reviewEvents } from './review-events.ts';
import type { ConfigFacts, Headline, Occurrence, PeriodFacts, ReviewFacts, ToolFacts } from './review-facts.ts';

/** The events to review. Times are RFC 3339 or ages such as `7d`. */
export interface ReviewRequest {
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  /** Only events about this config. */
  readonly name?: string | undefined;
  /** Only events about configs whose names begin with this. */
  readonly prefix?: string | undefined;
  /** Only calls of this tool. */
  readonly tool?: string | undefined;
  readonly failuresOnly?: boolean | undefined;
  /** How many slowest calls, last failures and configs; 10 unless given. */
  readonly limit?: number | undefined;
}

/** The facts, short enough for an assistant to read. */
export interface ReviewResult {
  readonly summary: string;
  readonly next?: Guidance | undefined;
  readonly since: string;
  readonly until: string;
  readonly events: number;
  readonly headline: Headline;
  readonly tools: readonly ToolFacts[];
  readonly slowest: readonly Occurrence[];
  readonly lastFailures: readonly Occurrence[];
  readonly configs: readonly ConfigFacts[];
  readonly days: ReadonlyArray<Omit<PeriodFacts, 'failed'>>;
  /** True when lists were cut to keep the result short. */
  readonly cut: boolean;
  /** Files that were left out; absent when there are none. */
  readonly notices?: readonly Notice[] | undefined;
}

/** Where telemetry is, and what became of it in this process. */
export interface ReviewSource {
  readonly folder: string;
  readonly state: () => SinkState;
  /** The most characters of the result as JSON; by default so many that an assistant reads them in 5,000 tokens. */
  readonly maxJsonChars?: number | undefined;
  /** The clock in milliseconds, for tests. */
  readonly now?: (() => number) | undefined;
}

/** The most characters of the result as JSON: some 4,000 tokens even where every second character is a digit. */
const MAX_JSON_CHARS = 9_000;
const DEFAULT_LIMIT = 10;

/**
 * Reviews what happened: the facts of the time window, cut so that the result stays under 5,000 tokens.
 *
 * @throws StoreError `ARGUMENT_INVALID` for a time that is none, `STORE_UNREADABLE` when the files cannot be read.
 */
export async function reviewTelemetry(source: ReviewSource, request: ReviewRequest): Promise<ReviewResult> {
  return (await reviewWith(source, request)).result;
}

/**
 * As `reviewTelemetry`, with all that the events said.
 *
 * @param more what else of them is wanted, by the time it is now
 */
export async function reviewWith(
  source: ReviewSource,
  request: ReviewRequest,
  more: (nowMs: number) => MoreOfEvents = () => ({}),
): Promise<{ readonly result: ReviewResult; readonly reviewed: ReviewedEvents; readonly nowMs: number }> {
  const nowMs = (source.now ?? Date.now)();
  const window = timeWindow(request.since, request.until, nowMs);
  const { name: config, prefix, tool, failuresOnly, limit = DEFAULT_LIMIT } = request;
  const options = { filter: { config, prefix, tool, failuresOnly }, limit };
  const reviewed = await reviewEvents(source.folder, window, options, nowMs, more(nowMs)).catch((cause: unknown) => {
    throw unreadable(source.folder, cause);
  });
  const { facts, notices } = reviewed;
  const { periods, codes: _codes, criticalCodes: _critical, refusalCodes: _refusals, ...rest } = facts;
  const state = source.state();
  const result = {
    summary: summarize(facts, state),
    next: nextStep(facts, state),
    since: new Date(window.sinceMs).toISOString(),
    until: new Date(window.untilMs).toISOString(),
    ...rest,
    configs: facts.configs.map((entry) => ({ ...entry, commit: shortId(entry.commit) })),
    days: periods.map(({ failed: _failed, ...day }) => day),
    cut: false,
    ...(notices.length > 0 && { notices }),
  };
  return { result: shorten(result, source.maxJsonChars ?? MAX_JSON_CHARS), reviewed, nowMs };
}

/** Returns the error for telemetry files that cannot be read. */
export function unreadable(folder: string, cause: unknown): StoreError {
  if (cause instanceof StoreError) return cause;
  const { code } = cause as NodeJS.ErrnoException;
  if (code === 'EACCES' || code === 'EPERM') return fileFault(cause, folder, 'read');
  return new StoreError('STORE_UNREADABLE', `the telemetry in ${folder} cannot be read (${code ?? 'unknown fault'})`, {
    hint: 'Give this user read access to that folder; the store itself does not need it.',
    cause,
  });
}

/** Returns one line: the headline in words. */
export function summarize({ events, headline }: ReviewFacts, state: SinkState): string {
  if (events === 0) return state.status === 'off' ? 'No events: telemetry is off.' : 'No events in this time.';
  const parts = [
    many(headline.calls, 'call'),
    many(headline.failures, 'failure'),
    many(headline.commits, 'commit'),
    many(headline.refusals, 'refusal'),
    many(headline.signatureFaults, 'signature fault'),
    many(headline.busyWaits, 'busy wait'),
  ];
  const critical = headline.critical === 0 ? '' : `; ${many(headline.critical, 'critical event')}`;
  return `${parts.join(', ')}${critical}.`;
}

function many(number: number, noun: string): string {
  return `${thousands(number)} ${noun}${number === 1 ? '' : 's'}`;
}

/** Halves the longest list until the result is short enough; the newest days are the ones kept. */
function shorten(result: ReviewResult, maxJsonChars: number): ReviewResult {
  let short = result;
  while (JSON.stringify(short).length > maxJsonChars) {
    const lists = {
      tools: short.tools,
      slowest: short.slowest,
      lastFailures: short.lastFailures,
      configs: short.configs,
      days: short.days,
    };
    const [longest, items] = Object.entries(lists).reduce((a, b) =>
      JSON.stringify(b[1]).length > JSON.stringify(a[1]).length ? b : a,
    );
    if (items.length === 0) return short;
    const half = Math.floor(items.length / 2);
    short = {
      ...short,
      [longest]: longest === 'days' ? items.slice(-half || items.length) : items.slice(0, half),
      cut: true,
    };
  }
  return short;
}
