import type { HealthReport } from '../health.ts';
import type { ReviewRequest, ReviewResult } from '../telemetry/review-telemetry.ts';
import { version } from './version.ts';
import type { Wiring } from './wiring.ts';

/** How health is asked for. */
export interface HealthAsked {
  readonly readOnly?: boolean | undefined;
  /** Whether a small file may be written to see that the disk takes it. */
  readonly probeDisk?: boolean | undefined;
}

const MINUTE_MS = 60_000;

/** Checks the health of the store, with everything this process knows; the answer is an event too. Never throws. */
export async function overseeHealth({ settings, store, telemetry }: Wiring, asked: HealthAsked): Promise<HealthReport> {
  const { checkHealth } = await import('../health.ts');
  const paths = pathsOf(settings);
  const report = await checkHealth({
    ...asked,
    context: { store: store.open },
    version,
    paths,
    telemetry,
    criticalEvents:
      paths &&
      (async (minutes) => {
        const { criticalEvents } = await import('../telemetry/critical-events.ts');
        const nowMs = Date.now();
        return criticalEvents(paths.telemetry, nowMs - minutes * MINUTE_MS, nowMs);
      }),
  });
  telemetry.events.healthChecked({
    ok: report.ok,
    failed: report.checks.filter(({ ok }) => !ok).map(({ name }) => name),
  });
  return report;
}

/**
 * Reviews the telemetry of the settings' folder.
 *
 * @throws StoreError `ARGUMENT_INVALID`, `STORE_UNREADABLE`
 */
export async function overseeReview({ settings, telemetry }: Wiring, request: ReviewRequest): Promise<ReviewResult> {
  const { reviewTelemetry } = await import('../telemetry/review-telemetry.ts');
  return reviewTelemetry({ folder: settings().paths.telemetry, state: telemetry.state }, request);
}

/** Bad settings are the store's answer already; without them only the rest is checked. */
function pathsOf(settings: Wiring['settings']) {
  try {
    return settings().paths;
  } catch {
    // The check of the store reports the same error, with its hint.
    return undefined;
  }
}
