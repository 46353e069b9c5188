import { isAbout } from '../../telemetry/events/event-fields.ts';
import type { EventRecord } from '../../telemetry/events/event-line.ts';
import { followEvents } from '../../telemetry/read/follow-events.ts';
import { isFailure } from '../../telemetry/review/review.ts';
import { unreadable } from '../../telemetry/review/review-telemetry.ts';
import type { Context } from '../shared/context.ts';
import { telemetryFolder } from './review-telemetry.ts';

/** Which events, and until when. */
export interface FollowTelemetryRequest {
  /** Only events about this config. */
  readonly name?: string | undefined;
  /** Only calls of this tool. */
  readonly tool?: string | undefined;
  readonly failuresOnly?: boolean | undefined;
  /** Ends it. */
  readonly signal: AbortSignal;
}

/** The events as they happen, until `signal` is aborted. @throws StoreError `STORE_UNREADABLE` */
export async function* followTelemetry(
  ctx: Context,
  { name, tool, failuresOnly = false, signal }: FollowTelemetryRequest,
): AsyncGenerator<EventRecord> {
  const folder = await telemetryFolder(ctx);
  try {
    for await (const event of followEvents(folder, { signal })) {
      if (name !== undefined && !isAbout(event, { config: name })) continue;
      if (tool !== undefined && event['gen_ai.tool.name'] !== tool) continue;
      if (!failuresOnly || isFailure(event)) yield event;
    }
  } catch (error) {
    throw unreadable(folder, error);
  }
}
