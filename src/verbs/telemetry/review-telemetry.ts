import { existsSync } from 'node:fs';
import type { ReviewRequest, ReviewResult } from '../../telemetry/review/review-telemetry.ts';
import type { Context } from '../shared/context.ts';

/** A time to review, and how much may be answered. */
export interface ReviewTelemetryRequest extends ReviewRequest {
  /** The most characters of the result as JSON; by default so many that an assistant reads them in 5,000 tokens. */
  readonly maxJsonChars?: number | undefined;
}

/**
 * Reviews what happened, from the telemetry files.
 *
 * @throws StoreError `ARGUMENT_INVALID` for a time that is none, `STORE_UNREADABLE`, and what opening a store throws where
 * there are no events yet
 */
export async function reviewTelemetry(
  ctx: Context,
  { maxJsonChars, ...request }: ReviewTelemetryRequest,
): Promise<ReviewResult> {
  const review = await import('../../telemetry/review/review-telemetry.ts');
  const folder = await telemetryFolder(ctx);
  return review.reviewTelemetry(
    { folder, state: ctx.telemetry.state, maxJsonChars },
    { ...request, prefix: ctx.prefix },
  );
}

/**
 * Returns the telemetry folder, once the events of this process are in it. Where it is not there yet, opens the store: that
 * says why there can be none, such as a folder of another user.
 */
export async function telemetryFolder({ installation, store, telemetry }: Context): Promise<string> {
  const folder = installation.settings().paths.telemetry;
  await telemetry.flush();
  if (!existsSync(folder)) await store();
  return folder;
}
