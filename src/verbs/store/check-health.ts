import { join } from 'node:path';
import type { Guidance } from '../../core/advice.ts';
import { type StoreError, toStoreError } from '../../core/errors.ts';
import { noticeLine } from '../../core/notice.ts';
import { shortId } from '../../core/short-id.ts';
import { fileFault } from '../../disk/file-fault.ts';
import { checkRoom, checkWritable } from '../../disk/writable-storage.ts';
import type { StorePaths } from '../../store/api/paths.ts';
import type { StoreStatus } from '../../store/api/state.ts';
import type { Store } from '../../store/api/store.ts';
import type { SinkState } from '../../telemetry/events/sink.ts';
import type { Context } from '../shared/context.ts';

/** One criterion. */
export interface HealthCheck extends Guidance {
  readonly name: string;
  readonly ok: boolean;
  readonly message: string;
}

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
  readonly checks: readonly HealthCheck[];
}

/** How deep health is checked. */
export interface HealthRequest {
  /** Write and remove a small file in `storage/tmp`, where that folder exists. */
  readonly probeDisk?: boolean | undefined;
  /** Start a server for the purpose, and see that it answers. */
  readonly probeServer?: boolean | undefined;
}

/** How far back critical events count. */
const CRITICAL_MINUTES = 15;

/** Checks whose failure is reported, and leaves the store healthy: it works without them. */
const ADVISORY: ReadonlySet<string> = new Set(['telemetry']);

/**
 * Runs every check, and records the outcome as an event; never throws: what cannot be checked is a failed check with its code
 * and hint. Changes nothing in the store. Where nothing is to be written, what only writing needs is not checked.
 */
export async function checkHealth(ctx: Context, request: HealthRequest = {}): Promise<HealthReport> {
  const { installation, readOnly, telemetry } = ctx;
  // Started first: the process needs longer than everything else together.
  const server = request.probeServer
    ? guarded('server', async () => passed('server', await installation.probeServer()))
    : undefined;
  const paths = knownPaths(ctx);
  const { store, status, checks: storeChecks } = await checkStore(ctx, paths);
  const checks = [...storeChecks];
  if (paths !== undefined) {
    const forgotten = installation.forgottenVolume();
    if (forgotten !== undefined) checks.push(failed('volume', forgotten.message, forgotten));
    const probe = request.probeDisk === true;
    if (!readOnly && installation.settings().database === undefined)
      checks.push(await guarded('storage', async () => checkStorage(paths, probe)));
    else if (!readOnly && store !== undefined)
      checks.push(await guarded('storage', async () => passed('storage', await store.state.storage({ probe }))));
  }
  if (!readOnly && store !== undefined && status !== undefined)
    checks.push(await guarded('signing', () => checkSigning(store, status)));
  checks.push(await guarded('telemetry', async () => checkTelemetry(telemetry.state(), paths?.telemetry)));
  if (paths !== undefined) checks.push(await guarded('events', () => checkEvents(ctx, paths.telemetry)));
  if (server !== undefined) checks.unshift(await server);
  const faults = checks.filter((check) => !check.ok);
  const ok = faults.every(({ name }) => ADVISORY.has(name));
  telemetry.events.healthChecked({ ok, failed: faults.map(({ name }) => name) });
  return {
    summary: summarize(checks.length, faults, ok),
    next: faults[0] && { hint: faults[0].hint, advice: faults[0].advice },
    ok,
    version: installation.version,
    store: status?.store,
    head: status?.head,
    keys: status?.keys.filter((key) => key.state === 'active').length ?? 0,
    checks,
  };
}

/** Undefined where a setting is wrong: the check of the store reports that, with its hint. */
function knownPaths({ installation }: Context): StorePaths | undefined {
  try {
    return installation.settings().paths;
  } catch {
    return undefined; // opening the store needs the same settings, and its check says what is wrong with them
  }
}

async function checkStore(
  { store: open, readOnly }: Context,
  paths: StorePaths | undefined,
): Promise<{ store?: Store; status?: StoreStatus; checks: HealthCheck[] }> {
  try {
    const store = await open();
    const status = await store.state.status();
    const checks = [readable(status), pinned(status, paths), keysInForce(status), warned(status)];
    return { store, status, checks: readOnly ? checks : [...checks, writable(status)] };
  } catch (error) {
    return { checks: [failure('store', toStoreError(error))] };
  }
}

function checkStorage({ storage }: StorePaths, probe: boolean): HealthCheck {
  return passed('storage', checkRoom(storage, probe ? join(storage, 'tmp') : undefined));
}

function readable({ location, store, head, configs }: StoreStatus): HealthCheck {
  if (store === undefined || head === undefined)
    return passed('store', `no store yet at ${location}: the first write makes it`);
  return passed(
    'store',
    `store ${shortId(store)} can be read: ${head.index + 1} commits, ${configs} ${configs === 1 ? 'config' : 'configs'}`,
  );
}

function pinned({ store, head, pin, anchor, writable }: StoreStatus, paths: StorePaths | undefined): HealthCheck {
  if (store === undefined || head === undefined) return passed('pin', 'nothing to compare yet');
  if (anchor === 'foreign' || writable?.code === 'STORE_FOREIGN' || writable?.code === 'ROLLED_BACK') {
    return writable === undefined
      ? failed('pin', 'the store belongs to another installation', {
          hint: 'Mount the storage that belongs to these keys, or accept this store.',
          advice: [{ do: 'set', setting: 'CONFIG_STORE_ID' }],
        })
      : failure('pin', writable);
  }
  if (anchor === 'none')
    return failed('pin', 'not anchored: nothing on this machine says that this store is yours', {
      hint: 'Mount the keys folder of this store, or accept the store by its id.',
      advice: [{ do: 'set', setting: 'CONFIG_STORE_ID' }],
    });
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
    : failed('keys', message, { hint: 'No key can sign.', advice: [{ do: 'verify' }, { do: 'list-keys' }] });
}

function warned({ notices }: StoreStatus): HealthCheck {
  if (notices.length === 0) return passed('warnings', 'none');
  const hints = notices.flatMap(({ hint = '' }) => (hint === '' ? [] : [hint]));
  return {
    ...passed('warnings', notices.map((notice) => noticeLine(notice)).join('; ')),
    hint: hints.length === 0 ? undefined : hints.join(' '),
    advice: notices.flatMap(({ advice = [] }) => advice),
  };
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
  return passed('signing', `key ${shortId(await store.keys.probeSigning())} signs, and its signature verifies`);
}

function checkTelemetry({ status, lost, message, ...guidance }: SinkState, folder: string | undefined): HealthCheck {
  if (status === 'off') return passed('telemetry', 'switched off');
  if (status === 'failing')
    return failed(
      'telemetry',
      `${message ?? 'events cannot be written'}; ${lost} events lost, the store goes on`,
      guidance,
    );
  if (status === 'waiting' && folder !== undefined) checkWritable(folder);
  return passed('telemetry', status === 'on' ? 'events are written' : 'nothing to write yet; the folder is writable');
}

async function checkEvents({ telemetry }: Context, folder: string): Promise<HealthCheck> {
  const { criticalEvents } = await import('../../telemetry/read/critical-events.ts');
  await telemetry.flush();
  const nowMs = Date.now();
  const { count, codes } = await criticalEvents(folder, nowMs - CRITICAL_MINUTES * 60_000, nowMs).catch(
    (error: unknown) => {
      throw fileFault(error, folder, 'read');
    },
  );
  if (count === 0) return passed('events', `no critical event in the last ${CRITICAL_MINUTES} minutes`);
  return failed('events', `${count} critical events in the last ${CRITICAL_MINUTES} minutes: ${codes.join(', ')}`, {
    advice: [{ do: 'review-telemetry' }, { do: 'verify' }],
  });
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

function failed(name: string, message: string, { hint, advice }: Guidance): HealthCheck {
  return { name, ok: false, message, hint, advice };
}

function failure(name: string, error: StoreError): HealthCheck {
  return failed(name, `${error.code}: ${error.message}`, error);
}
