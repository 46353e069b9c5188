import { hostname } from 'node:os';
import { isStoreError } from '../../../core/errors.ts';
import { noticeOf } from '../../../core/notice.ts';
import { shortId } from '../../../core/short-id.ts';
import type { StoreStatus } from '../../../store/api/state.ts';
import type { TimeWindow } from '../../../telemetry/read/read-events.ts';
import type { AttentionItem, LookBack } from '../../../telemetry/review/look-facts.ts';
import { openPoints } from '../../../telemetry/review/next-step.ts';
import type { ReviewedEvents } from '../../../telemetry/review/review-events.ts';
import type { Context } from '../../shared/context.ts';
import { backupDue, doubts, driftSeen, fromNotice, newPrograms, unverified, verificationDue } from './attention.ts';
import { driftNow, refusedStillThere } from './client-files.ts';
import { type FoundChanges, logChanges } from './log-changes.ts';

/** The reach of a look back. */
export interface LookBackRequest {
  readonly window: TimeWindow;
  readonly nowMs: number;
  /** The facts of the events. */
  readonly reviewed: Pick<ReviewedEvents, 'facts' | 'upkeep' | 'notices'>;
  /** Only changes of this config. */
  readonly name?: string | undefined;
  /** How many changes are put into words. */
  readonly limit: number;
  /** True where the files of MCP clients on this machine are the reader's. */
  readonly clientFiles: boolean;
}

/**
 * Returns what people look at first: the changes of a time, from the signed log, and what needs them. What cannot be known is
 * left out; a log that cannot be read is itself something to look at.
 */
export async function lookBack(ctx: Context, request: LookBackRequest): Promise<LookBack> {
  const { reviewed, nowMs } = request;
  const isWhole = ctx.prefix === undefined;
  const { status, changes, faults } = await readLog(ctx, request);
  const needs: AttentionItem[] = [
    ...faults,
    ...(status === undefined ? [] : doubts(status, isWhole)),
    ...(changes === undefined ? [] : unverified(changes, reviewed.upkeep)),
    ...(await openNow(ctx, request)),
    ...(changes === undefined ? [] : newPrograms(changes)),
    ...(status === undefined ? [] : verificationDue(status, nowMs)),
    ...(changes === undefined || !isWhole ? [] : backupDue(changes, reviewed.upkeep, nowMs)),
    ...(isWhole ? reviewed.notices.map(fromNotice) : []),
  ];
  return {
    changes,
    attention: [...needs].sort((a, b) => RANKS.indexOf(a.severity) - RANKS.indexOf(b.severity)),
    store: {
      store: status?.store && shortId(status.store),
      host: hostname(),
      folder: isWhole ? ctx.installation.settings().paths.root : undefined,
      verified: status?.verified.passed?.time,
      backup: isWhole ? reviewed.upkeep.backup : undefined,
    },
  };

  /** Returns the open points of the events, and whether they are still so on this machine. */
  async function openNow(context: Context, { clientFiles }: LookBackRequest): Promise<AttentionItem[]> {
    const points: AttentionItem[] = openPoints(reviewed.facts, context.telemetry.state());
    if (!clientFiles) return [...points, ...(isWhole ? driftSeen(reviewed.upkeep, nowMs) : [])];
    const still = await refusedStillThere(context, reviewed.facts.lastFailures);
    const left = [...still].map(
      ([title, places]): AttentionItem => ({
        severity: 'warning',
        title: `A credential that was refused still stands in ${title}'s file`,
        details: places,
      }),
    );
    return [...points, ...left, ...(await driftNow(context))];
  }
}

const RANKS: ReadonlyArray<AttentionItem['severity']> = ['error', 'warning', 'info'];

interface ReadLog {
  readonly status?: StoreStatus | undefined;
  readonly changes?: FoundChanges | undefined;
  readonly faults: readonly AttentionItem[];
}

async function readLog(ctx: Context, { window, nowMs, name, limit }: LookBackRequest): Promise<ReadLog> {
  let status: StoreStatus | undefined;
  try {
    const store = await ctx.store();
    status = await store.state.status();
    // A commit by a clock that is ahead is there all the same.
    const until = window.untilMs >= nowMs ? Number.POSITIVE_INFINITY : window.untilMs;
    const request = { window: { ...window, untilMs: until }, name, limit, keys: status.keys };
    return { status, changes: await logChanges(store, request), faults: [] };
  } catch (error) {
    if (!isStoreError(error)) throw error;
    const fault = {
      ...fromNotice(noticeOf(error)),
      severity: 'error',
      title: `${error.code}: ${error.message}`,
    } as const;
    return { status, faults: [fault] };
  }
}
