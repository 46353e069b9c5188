import { isStoreError } from '../../core/errors.ts';
import { LastLookFile } from '../../state/last-look.ts';
import { StateFolder } from '../../state/state-folder.ts';
import type { SinceLastLook } from '../../telemetry/review/look-facts.ts';
import type { ReviewRequest, ReviewResult } from '../../telemetry/review/review-telemetry.ts';
import { UPKEEP_MS } from '../../telemetry/review/upkeep.ts';
import type { Context } from '../shared/context.ts';
import { telemetryFolder } from './review-telemetry.ts';

/** Changes that are put into words: also for the programs they brought. */
const CHANGES = 200;

/**
 * Reviews what happened, as a person does: with what is new since the last look, which is remembered. A review of a part, or
 * until some time, is no look at everything and has no such lead.
 *
 * @throws StoreError as `reviewTelemetry`
 */
export async function lookAtTelemetry(
  ctx: Context,
  request: ReviewRequest,
): Promise<{ readonly review: ReviewResult; readonly lead?: SinceLastLook | undefined }> {
  const { name, tool, failuresOnly, until } = request;
  const { reviewWith } = await import('../../telemetry/review/review-telemetry.ts');
  const folder = await telemetryFolder(ctx);
  const source = { folder, state: ctx.telemetry.state, maxJsonChars: Number.POSITIVE_INFINITY };
  if ((name ?? tool ?? until) !== undefined || failuresOnly === true)
    return { review: (await reviewWith(source, { ...request, prefix: ctx.prefix })).result };
  const file = new LastLookFile(new StateFolder(ctx.installation.settings().paths.state));
  const lastMs = file.read();
  const { result, reviewed, nowMs } = await reviewWith(source, { ...request, prefix: ctx.prefix }, (now) => ({
    also: lastMs === undefined ? undefined : { sinceMs: lastMs, untilMs: now },
    upkeepSinceMs: now - UPKEEP_MS,
  }));
  const facts = reviewed.also ?? reviewed.facts;
  const window = { sinceMs: lastMs ?? Date.parse(result.since), untilMs: nowMs };
  const { lookBack } = await import('./look-back/look-back.ts');
  const back = await lookBack(ctx, {
    ...{ window, nowMs, limit: CHANGES, clientFiles: true },
    // An open point stays one after the first look; the notices are given with the review.
    reviewed: { ...reviewed, notices: [] },
  });
  await remember(file, nowMs);
  return {
    review: result,
    lead: { ...back, facts, nowMs, lastLook: lastMs === undefined ? undefined : new Date(lastMs).toISOString() },
  };
}

/** Remembers that a person looked now, where that can be remembered. */
export async function rememberLook({ installation }: Context): Promise<void> {
  await remember(new LastLookFile(new StateFolder(installation.settings().paths.state)), Date.now());
}

async function remember(file: LastLookFile, timeMs: number): Promise<void> {
  try {
    await file.write(timeMs);
  } catch (error) {
    // State that cannot be written: the next look begins where this one did.
    if (!isStoreError(error)) throw error;
  }
}
