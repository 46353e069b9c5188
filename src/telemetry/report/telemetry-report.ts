import type { Guidance } from '../../core/advice.ts';
import type { Notice } from '../../core/notice.ts';
import type { TimeWindow } from '../read/read-events.ts';
import { timeWindow } from '../read/time-window.ts';
import type { AttentionItem, LookBack } from '../review/look-facts.ts';
import { openPoints } from '../review/next-step.ts';
import { type ReviewedEvents, reviewEvents } from '../review/review-events.ts';
import type { ReviewRequest, ReviewSource } from '../review/review-telemetry.ts';
import { unreadable } from '../review/review-telemetry.ts';
import { UPKEEP_MS } from '../review/upkeep.ts';
import { periodOf, timeBefore } from './periods.ts';
import { type PageLink, renderReport } from './report.ts';

/** The program that makes a report. */
export interface ReportProgram {
  readonly version: string;
  /** Words guidance for the report's readers. */
  readonly guide: (guidance: Guidance) => string;
  /** Gets each file that is left out of the report. */
  readonly leftOut?: (notice: Notice) => void;
  readonly links?: readonly PageLink[] | undefined;
  /** Adds what the signed log and this machine say; without it the page is of the events alone. */
  readonly lookBack?: ((reviewed: ReviewedEvents, window: TimeWindow, nowMs: number) => Promise<LookBack>) | undefined;
}

/** Failures, and configs, that a report lists at most. */
const LISTED = 500;

/**
 * Returns the report of a time window as one HTML page.
 *
 * @throws StoreError `ARGUMENT_INVALID` for a time that is none, `STORE_UNREADABLE` when the files cannot be read.
 */
export async function telemetryReport(
  source: ReviewSource,
  request: ReviewRequest,
  { version, guide, leftOut, links, lookBack }: ReportProgram,
): Promise<string> {
  const nowMs = (source.now ?? Date.now)();
  const window = timeWindow(request.since, request.until, nowMs);
  const { name: config, prefix, tool, failuresOnly, limit = LISTED } = request;
  const options = { filter: { config, prefix, tool, failuresOnly }, limit, period: periodOf(window) };
  const more = { also: timeBefore(window), upkeepSinceMs: nowMs - UPKEEP_MS };
  const reviewed = await reviewEvents(source.folder, window, options, nowMs, more).catch((cause: unknown) => {
    throw unreadable(source.folder, cause);
  });
  if (leftOut !== undefined) for (const notice of reviewed.notices) leftOut(notice);
  const state = source.state();
  const { changes, attention, store } = (await lookBack?.(reviewed, window, nowMs)) ?? {
    attention: openPoints(reviewed.facts, state),
    store: {},
  };
  return renderReport({
    facts: reviewed.facts,
    before: reviewed.also,
    window,
    changes,
    attention: attention.map((item) => worded(item, guide)),
    store,
    proof: guide({ hint: 'The commit is the proof.', advice: [{ do: 'list-history' }] }),
    scope: scopeOf(request),
    isOff: state.status === 'off',
    links,
    version,
    nowMs,
  });
}

function worded({ severity, title, details = [], ...guidance }: AttentionItem, guide: ReportProgram['guide']) {
  return { severity, title, details, text: guide(guidance) };
}

function scopeOf({ name, prefix, tool, failuresOnly }: ReviewRequest): string | undefined {
  const parts = [
    name === undefined ? [] : [`config ${name}`],
    prefix === undefined ? [] : [`configs ${prefix}…`],
    tool === undefined ? [] : [`tool ${tool}`],
    failuresOnly === true ? ['failures only'] : [],
  ].flat();
  return parts.length === 0 ? undefined : parts.join(', ');
}
