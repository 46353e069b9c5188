import type { Guidance } from '../../core/advice.ts';
import { toStoreError } from '../../core/errors.ts';
import { fileFault } from '../../disk/file-fault.ts';
import type { StorePaths } from '../../store/api/paths.ts';
import type { StoreStatus } from '../../store/api/state.ts';
import type { Store } from '../../store/api/store.ts';
import type { Context } from '../shared/context.ts';
import * as checks from './health-checks.ts';
import { failed, failure, guarded, type HealthCheck, passed, warning } from './health-checks.ts';

/** Whether the store can serve, write and sign. */
export interface HealthReport {
  readonly summary: string;
  readonly next?: Guidance | undefined;
  readonly ok: boolean;
  /** This release's version. */
  readonly version: string;
  /** Store id; absent where there is no store yet, or it cannot be opened. */
  readonly store?: string | undefined;
  readonly head?: { readonly index: number; readonly commit: string } | undefined;
  /** How many keys are in force. */
  readonly keys: number;
  /** When a verification of the whole store last passed here, RFC 3339. */
  readonly verifiedAt?: string | undefined;
  readonly checks: readonly HealthCheck[];
}

/** How deep health is checked. */
export interface HealthRequest {
  /** Try what a put does in every folder that it uses, with files that are removed again. */
  readonly probeDisk?: boolean | undefined;
  /** Start a server for the purpose, and see that it answers. */
  readonly probeServer?: boolean | undefined;
  /** The id of the store that it must be. */
  readonly expectStore?: string | undefined;
  /** How long ago a verification of the whole store may have passed, in milliseconds. */
  readonly verifyMaxAgeMs?: number | undefined;
  /** A machine asks again and again, every few seconds: an event is recorded only where something is wrong. */
  readonly repeated?: boolean | undefined;
}

/** How far back critical events count. */
const CRITICAL_MINUTES = 15;

/**
 * Runs every check, and records the outcome as an event; never throws: what cannot be checked is a failed check with its code
 * and hint. Changes nothing in the store. Where nothing is to be written, what only writing needs is not checked.
 */
export async function checkHealth(ctx: Context, request: HealthRequest = {}): Promise<HealthReport> {
  const { installation, telemetry } = ctx;
  // Started first: the process needs longer than everything else together.
  const server = request.probeServer
    ? guarded('server', async () => passed('server', await installation.probeServer()))
    : undefined;
  const settings = knownSettings(ctx);
  const paths = settings?.paths;
  const readOnly = ctx.readOnly || settings?.readOnly === true;
  const done: HealthCheck[] = [];
  const opened = await open(ctx);
  if ('fault' in opened) done.push(opened.fault);
  else done.push(...(await checkStore(opened, request, readOnly)));
  const forgotten = paths && installation.forgottenVolume();
  // First where it explains the others.
  if (forgotten?.severity === 'error') done.unshift(failed('volume', forgotten.message, forgotten));
  if (forgotten?.severity === 'warning') done.push(warning('volume', forgotten.message, forgotten));
  done.push(checks.telemetryState(telemetry.state(), readOnly ? undefined : paths?.telemetry));
  const status = 'fault' in opened ? undefined : opened.status;
  if (paths !== undefined) done.push(await checkEvents(ctx, paths, status));
  if (server !== undefined) done.unshift(await server);
  const faults = done.filter((check) => !check.ok);
  const ok = faults.every(({ severity }) => severity === 'warning');
  const isNews = request.repeated !== true || faults.length > 0;
  if (isNews) telemetry.events.healthChecked({ ok, failed: faults.map(({ name }) => name) });
  return {
    summary: summarize(done.length, faults, ok),
    next: faults[0] && { hint: faults[0].hint, advice: faults[0].advice },
    ok,
    version: installation.version,
    store: status?.store,
    head: status?.head,
    keys: status?.keys.filter((key) => key.state === 'active').length ?? 0,
    verifiedAt: status?.verified.passed?.time,
    checks: done,
  };
}

/** Undefined where a setting is wrong: the check of the store reports that, with its hint. */
function knownSettings({ installation }: Context): { paths: StorePaths; readOnly: boolean } | undefined {
  try {
    return installation.settings();
  } catch {
    return undefined; // opening the store needs the same settings, and its check says what is wrong with them
  }
}

async function open(ctx: Context): Promise<{ store: Store; status: StoreStatus } | { fault: HealthCheck }> {
  try {
    const store = await ctx.store();
    return { store, status: await store.state.status() };
  } catch (error) {
    return { fault: failure('store', toStoreError(error)) };
  }
}

async function checkStore(
  { store, status }: { readonly store: Store; readonly status: StoreStatus },
  { probeDisk = false, expectStore, verifyMaxAgeMs }: HealthRequest,
  readOnly: boolean,
): Promise<HealthCheck[]> {
  const expected = expectStore === undefined ? [] : [checks.expected(status, expectStore)];
  const reading = [
    ...expected,
    checks.readable(status),
    checks.pinned(status),
    checks.keysInForce(status),
    checks.warned(status),
  ];
  const stored = [checks.verified(status, verifyMaxAgeMs), await guarded('strays', () => checks.strays(store))];
  if (readOnly) return [...reading, ...stored];
  return [
    ...reading,
    checks.writable(status),
    ...checks.folders(await store.state.probeWrites({ probe: probeDisk }), status.store !== undefined),
    ...stored,
    await guarded('signing', () => checks.signing(store, status)),
  ];
}

/** Critical events count for a while, or until a verification passes. */
async function checkEvents({ telemetry }: Context, { telemetry: folder }: StorePaths, status: StoreStatus | undefined) {
  const { criticalEvents } = await import('../../telemetry/read/critical-events.ts');
  await telemetry.flush();
  const nowMs = Date.now();
  const passedMs = Date.parse(status?.verified.passed?.time ?? '1970-01-01');
  const sinceMs = Math.max(nowMs - CRITICAL_MINUTES * 60_000, Math.min(passedMs, nowMs));
  try {
    const { count, codes } = await criticalEvents(folder, sinceMs, nowMs);
    if (count === 0) return passed('events', `no critical event in the last ${CRITICAL_MINUTES} minutes`);
    return failed('events', `${count} critical events in the last ${CRITICAL_MINUTES} minutes: ${codes.join(', ')}`, {
      advice: [{ do: 'review-telemetry' }, { do: 'verify' }],
    });
  } catch (error) {
    const fault = fileFault(error, folder, 'read');
    return warning('events', `${fault.code}: ${fault.message}`, fault);
  }
}

function summarize(count: number, faults: readonly HealthCheck[], ok: boolean): string {
  if (faults.length === 0) return `healthy: ${count} checks passed`;
  const names = faults.map(({ name }) => name).join(', ');
  if (ok) return `healthy, but look at ${names} (${count - faults.length} of ${count} checks passed)`;
  return `not healthy: ${names} failed (${faults.length} of ${count} checks)`;
}
