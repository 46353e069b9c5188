import type { ReviewRequest, ReviewResult } from '../telemetry/review/review-telemetry.ts';
import type { HealthReport } from '../verbs/store/check-health.ts';
import type { Settings } from './settings.ts';
import { version } from './version.ts';
import type { Wiring } from './wire.ts';

/** How health is asked for. */
export interface HealthAsked {
  readonly readOnly?: boolean | undefined;
  /** Whether a small file may be written to see that the disk takes it. */
  readonly probeDisk?: boolean | undefined;
  /** Whether a server process may be started to see that one answers. */
  readonly probeServer?: boolean | undefined;
}

const MINUTE_MS = 60_000;

/** Checks the health of the store, with everything this process knows; the answer is an event too. Never throws. */
export async function overseeHealth({ settings, store, telemetry }: Wiring, asked: HealthAsked): Promise<HealthReport> {
  const { probeServer, ...rest } = asked;
  // Started first: the process needs longer than everything else together.
  const answer = probeServer ? import('./server-probe.ts').then((probe) => probe.probeServer()) : undefined;
  answer?.catch(() => undefined); // reported as a failed check
  const { checkHealth } = await import('../verbs/store/check-health.ts');
  const read = attempt(settings);
  const paths = read?.paths;
  const { forgottenVolume } = await import('./forgotten-volume.ts');
  const report = await checkHealth({
    ...rest,
    probeServer: answer && (() => answer),
    forgottenVolume: read && forgottenVolume(read),
    context: { store: store.open },
    version,
    paths,
    telemetry,
    criticalEvents:
      paths &&
      (async (minutes) => {
        const { criticalEvents } = await import('../telemetry/read/critical-events.ts');
        await telemetry.flush();
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
  const { reviewTelemetry } = await import('../telemetry/review/review-telemetry.ts');
  await telemetry.flush();
  return reviewTelemetry({ folder: settings().paths.telemetry, state: telemetry.state }, request);
}

/** Bad settings are the store's answer already; without them only the rest is checked. */
function attempt(settings: Wiring['settings']): Settings | undefined {
  try {
    return settings();
  } catch {
    // The check of the store reports the same error, with its hint.
    return undefined;
  }
}
