import { join } from 'node:path';
import { type StoreError, toStoreError } from '../../core/errors.ts';
import { noticeText } from '../../core/notice.ts';
import { fileFault } from '../../disk/file-fault.ts';
import { checkRoom, checkWritable } from '../../disk/writable-storage.ts';
import type { StoreStatus } from '../../store/api/state.ts';
import type { Store } from '../../store/api/store.ts';
import type { StorePaths } from '../../store/api/paths.ts';
import type { SinkState } from '../../telemetry/events/sink.ts';

/** One criterion. */
export interface HealthCheck {
  readonly name: string;
  readonly ok: boolean;
  readonly message: string;
  /** The command or step that mends it. */
  readonly hint?: string | undefined;
}

/** Whether the store can serve, write and sign. */
export interface HealthReport {
  readonly summary: string;
  readonly next?: string | undefined;
  readonly ok: boolean;
  /** This release's version. */
  readonly version: string;
  /** Store id; absent where there is no store yet, or it cannot be opened. */
  readonly store?: string | undefined;
  readonly head?: { readonly index: number; readonly commit: string } | undefined;
  /** How many keys are in force. */
  readonly keys: number;
  readonly checks: readonly HealthCheck[];
}

/** What the checks need. */
export interface HealthOptions {
  readonly context: { readonly store: () => Promise<Store> };
  readonly version: string;
  /** Where everything lives; without it, room and permissions are not looked at. */
  readonly paths?: StorePaths | undefined;
  /** Write and remove a small file in `storage/tmp`, where that folder exists: `config-store health` only. */
  readonly probeDisk?: boolean | undefined;
  /** Nothing is meant to be written here: what only writing needs is not checked. */
  readonly readOnly?: boolean | undefined;
  readonly telemetry?: { state(): SinkState } | undefined;
  /** Starts a server for the purpose and says what it answered; `config-store health` only. */
  readonly probeServer?: (() => Promise<string>) | undefined;
  /** That storage or keys are on no volume, where one is expected. */
  readonly forgottenVolume?: { readonly message: string; readonly hint: string } | undefined;
  /** The critical events of the last so many minutes, from the tail of the telemetry. */
  readonly criticalEvents?: ((minutes: number) => Promise<{ count: number; codes: readonly string[] }>) | undefined;
}

/** How far back critical events count. */
const CRITICAL_MINUTES = 15;

/** Checks whose failure is said, and leaves the store healthy: it works without them. */
const ADVISORY: ReadonlySet<string> = new Set(['telemetry']);

/**
 * Runs every check; never throws: what cannot be checked is a failed check with its code and hint. Changes nothing in
 * the store.
 */
export async function checkHealth(options: HealthOptions): Promise<HealthReport> {
  const { version, readOnly = false, paths, telemetry, criticalEvents, probeServer, forgottenVolume } = options;
  const server = probeServer && guarded('server', async () => passed('server', await probeServer()));
  const { store, status, checks: storeChecks } = await checkStore(options);
  const checks = [...storeChecks];
  if (forgottenVolume !== undefined) checks.push(failed('volume', forgottenVolume.message, forgottenVolume.hint));
  if (!readOnly && paths !== undefined)
    checks.push(
      await guarded('storage', async () =>
        passed('storage', checkRoom(paths.storage, options.probeDisk ? join(paths.storage, 'tmp') : undefined)),
      ),
    );
  if (!readOnly && store !== undefined && status !== undefined)
    checks.push(await guarded('signing', () => checkSigning(store, status)));
  if (telemetry !== undefined)
    checks.push(await guarded('telemetry', async () => checkTelemetry(telemetry.state(), paths?.telemetry)));
  if (criticalEvents !== undefined)
    checks.push(await guarded('events', () => checkEvents(criticalEvents, paths?.telemetry ?? 'telemetry')));
  if (server !== undefined) checks.unshift(await server);
  const faults = checks.filter((check) => !check.ok);
  const ok = faults.every(({ name }) => ADVISORY.has(name));
  return {
    summary: summarize(checks.length, faults, ok),
    next: faults[0]?.hint,
    ok,
    version,
    store: status?.store,
    head: status?.head,
    keys: status?.keys.filter((key) => key.state === 'active').length ?? 0,
    checks,
  };
}

async function checkStore({
  context,
  paths,
  readOnly = false,
}: HealthOptions): Promise<{ store?: Store; status?: StoreStatus; checks: HealthCheck[] }> {
  try {
    const store = await context.store();
    const status = await store.state.status();
    const checks = [readable(status), pinned(status, paths), keysInForce(status), warned(status)];
    return { store, status, checks: readOnly ? checks : [...checks, writable(status)] };
  } catch (error) {
    return { checks: [failure('store', toStoreError(error))] };
  }
}

function readable({ store, head, configs }: StoreStatus): HealthCheck {
  if (store === undefined || head === undefined)
    return passed('store', 'there is no store yet: the first write, or "config-store init", makes it');
  return passed(
    'store',
    `store ${short(store)} can be read: ${head.index + 1} commits, ${configs} ${configs === 1 ? 'config' : 'configs'}`,
  );
}

function pinned({ store, head, pin, anchor, writable }: StoreStatus, paths: StorePaths | undefined): HealthCheck {
  if (store === undefined || head === undefined) return passed('pin', 'nothing to compare yet');
  if (anchor === 'foreign' || writable?.code === 'STORE_FOREIGN' || writable?.code === 'ROLLED_BACK') {
    return writable === undefined
      ? failed(
          'pin',
          'the store belongs to another installation',
          'Mount the storage that belongs to these keys, or set CONFIG_STORE_ID.',
        )
      : failure('pin', writable);
  }
  if (anchor === 'none')
    return failed(
      'pin',
      'not anchored: nothing on this machine says that this store is yours',
      'Mount the keys folder of this store, or set CONFIG_STORE_ID to its store id.',
    );
  const known =
    pin === undefined
      ? `no pin here; the store is known by its ${anchor}`
      : `head ${head.index} agrees with the pin at ${pin.index}`;
  const kept = paths === undefined || canWrite(paths.keys);
  return passed(
    'pin',
    kept ? known : `${known}. The keys folder is read-only: a rollback of what is written now would not be seen`,
  );
}

function canWrite(folder: string): boolean {
  try {
    checkWritable(folder);
    return true;
  } catch {
    return false; // why does not matter: no pin can be kept there
  }
}

function keysInForce({ store, keys }: StoreStatus): HealthCheck {
  if (store === undefined) return passed('keys', 'the first key is made with the store');
  const active = keys.filter((key) => key.state === 'active');
  const message = `${active.length} in force, ${active.filter((key) => key.present).length} of them with their private file here`;
  return active.length > 0
    ? passed('keys', message)
    : failed('keys', message, 'Run "config-store verify" to see what ended them.');
}

function warned({ notices }: StoreStatus): HealthCheck {
  return passed('warnings', notices.length === 0 ? 'none' : notices.map(noticeText).join('; '));
}

function summarize(count: number, faults: readonly HealthCheck[], ok: boolean): string {
  if (faults.length === 0) return `healthy: ${count} checks passed`;
  const names = faults.map(({ name }) => name).join(', ');
  if (ok) return `healthy, but look at ${names} (${count - faults.length} of ${count} checks passed)`;
  return `not healthy: ${names} failed (${faults.length} of ${count} checks)`;
}

function writable(status: StoreStatus): HealthCheck {
  return status.writable === undefined
    ? passed('writable', 'nothing stands against writing')
    : failure('writable', status.writable);
}

async function checkSigning(store: Store, { store: id }: StoreStatus): Promise<HealthCheck> {
  if (id === undefined) return passed('signing', 'the first write makes a key and signs with it');
  return passed('signing', `key ${short(await store.keys.probeSigning())} signs, and its signature verifies`);
}

function checkTelemetry({ status, lost, message, hint }: SinkState, folder: string | undefined): HealthCheck {
  if (status === 'off') return passed('telemetry', 'switched off');
  if (status === 'failing')
    return failed(
      'telemetry',
      `${message ?? 'events cannot be written'}; ${lost} events lost, the store goes on`,
      hint,
    );
  if (status === 'waiting' && folder !== undefined) checkWritable(folder);
  return passed('telemetry', status === 'on' ? 'events are written' : 'nothing to write yet; the folder is writable');
}

async function checkEvents(
  criticalEvents: NonNullable<HealthOptions['criticalEvents']>,
  folder: string,
): Promise<HealthCheck> {
  const { count, codes } = await criticalEvents(CRITICAL_MINUTES).catch((error: unknown) => {
    throw fileFault(error, folder, 'read');
  });
  if (count === 0) return passed('events', `no critical event in the last ${CRITICAL_MINUTES} minutes`);
  return failed(
    'events',
    `${count} critical events in the last ${CRITICAL_MINUTES} minutes: ${codes.join(', ')}`,
    'Look at them with review_telemetry (config-store telemetry), and run "config-store verify".',
  );
}

async function guarded(name: string, check: () => Promise<HealthCheck>): Promise<HealthCheck> {
  try {
    return await check();
  } catch (error) {
    return failure(name, toStoreError(error));
  }
}

function passed(name: string, message: string): HealthCheck {
  return { name, ok: true, message };
}

function failed(name: string, message: string, hint: string | undefined): HealthCheck {
  return { name, ok: false, message, ...(hint === undefined ? {} : { hint }) };
}

function failure(name: string, { code, message, hint }: StoreError): HealthCheck {
  return failed(name, `${code}: ${message}`, hint);
}

function short(id: string): string {
  return `${id.slice(0, 12)}…`;
}
