import type { Guidance } from '../../core/advice.ts';
import type { Notice } from '../../core/notice.ts';
import { timeWindow } from '../read/time-window.ts';
import { nextStep } from '../review/next-step.ts';
import { reviewEvents } from '../review/review-events.ts';
import type { ReviewRequest, ReviewSource } from '../review/review-telemetry.ts';
import { unreadable } from '../review/review-telemetry.ts';
import { type PageLink, periodOf, renderReport } from './report.ts';

/** The program that makes a report. */
export interface ReportProgram {
  readonly version: string;
  /** Words guidance for the report's readers. */
  readonly guide: (guidance: Guidance) => string;
  /** Gets each file that is left out of the report. */
  readonly leftOut?: (notice: Notice) => void;
  readonly links?: readonly PageLink[] | undefined;
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
  { version, guide, leftOut, links }: ReportProgram,
): Promise<string> {
  const nowMs = (source.now ?? Date.now)();
  const window = timeWindow(request.since, request.until, nowMs);
  const { name: config, prefix, tool, failuresOnly, limit = LISTED } = request;
  const options = { filter: { config, prefix, tool, failuresOnly }, limit, period: periodOf(window) };
  const { facts, notices } = await reviewEvents(source.folder, window, options, nowMs).catch((cause: unknown) => {
    throw unreadable(source.folder, cause);
  });
  if (leftOut !== undefined) for (const notice of notices) leftOut(notice);
  const next = nextStep(facts, source.state());
  return renderReport({
    facts,
    window,
    next: next && guide(next),
    proof: guide({ hint: 'The commit is the proof.', advice: [{ do: 'list-history' }] }),
    scope: scopeOf(request),
    links,
    version,
    nowMs,
  });
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
