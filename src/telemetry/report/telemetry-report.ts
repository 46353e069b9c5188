import { timeWindow } from '../read/time-window.ts';
import { nextStep } from '../review/next-step.ts';
import { reviewEvents } from '../review/review-events.ts';
import type { ReviewRequest, ReviewSource } from '../review/review-telemetry.ts';
import { unreadable } from '../review/review-telemetry.ts';
import { periodOf, renderReport } from './report.ts';

/** Failures, and configs, that a report lists at most. */
const LISTED = 500;

/**
 * The report of a time window as one HTML page.
 *
 * @param version of this program
 * @throws StoreError `ARGUMENT_INVALID` for a time that is none, `STORE_UNREADABLE` when the files cannot be read.
 */
export async function telemetryReport(source: ReviewSource, request: ReviewRequest, version: string): Promise<string> {
  const nowMs = (source.now ?? Date.now)();
  const window = timeWindow(request.since, request.until, nowMs);
  const { name: config, tool, failuresOnly, limit = LISTED } = request;
  const facts = await reviewEvents(source.folder, window, {
    filter: { config, tool, failuresOnly },
    limit,
    period: periodOf(window),
  }).catch((cause: unknown) => {
    throw unreadable(source.folder, cause);
  });
  return renderReport({
    facts,
    window,
    next: nextStep(facts, source.state()),
    scope: scopeOf(request),
    version,
    nowMs,
  });
}

function scopeOf({ name, tool, failuresOnly }: ReviewRequest): string | undefined {
  const parts = [
    name === undefined ? [] : [`config ${name}`],
    tool === undefined ? [] : [`tool ${tool}`],
    failuresOnly === true ? ['failures only'] : [],
  ].flat();
  return parts.length === 0 ? undefined : parts.join(', ');
}
