import type { Guidance } from '../../core/advice.ts';
import { type StoreError, toStoreError } from '../../core/errors.ts';
import { noticeLine } from '../../core/notice.ts';
import { shortId } from '../../core/short-id.ts';
import { checkWritable } from '../../disk/volume/writable-storage.ts';
import type { StoreStatus, WriteProbe } from '../../store/api/state.ts';
import type { Store } from '../../store/api/store.ts';
import { ofTelemetry, type SinkState } from '../../telemetry/events/sink.ts';

/** One criterion. */
export interface HealthCheck extends Guidance {
  readonly name: string;
  readonly ok: boolean;
  /** Where it failed: `warning` when the store works without it. */
  readonly severity?: 'error' | 'warning';
  readonly message: string;
}

/** Says whether the store can be read. */
export function readable({ store, head, configs, location }: StoreStatus): HealthCheck {
  if (store === undefined || head === undefined)
    return passed('store', `no store yet at ${location}: the first write makes it`);
  return passed(
    'store',
    `store ${shortId(store)} can be read: ${head.index + 1} commits, ${configs} ${configs === 1 ? 'config' : 'configs'}`,
  );
}

/** Says whether the store is the one that is expected. */
export function expected({ store, location }: StoreStatus, id: string): HealthCheck {
  if (store === id) return passed('expected', `it is the store ${shortId(id)}`);
  const found =
    store === undefined
      ? `STORE_MISSING: there is no store at ${location}`
      : `STORE_FOREIGN: the store at ${location} is ${store}`;
  return failed('expected', `${found}, and ${id} is expected`, {
    hint: 'Mount the volume that holds the store which is expected.',
  });
}

/** Says whether the store is the one that is known here, and not older than it was. */
export function pinned({ store, head, pin, anchor, writable }: StoreStatus): HealthCheck {
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
  return passed(
    'pin',
    pin === undefined
      ? `no pin here; the store is known by its ${anchor}`
      : `head ${head.index} agrees with the pin at ${pin.index}`,
  );
}

/** Says whether any key is in force. */
export function keysInForce({ store, keys }: StoreStatus): HealthCheck {
  if (store === undefined) return passed('keys', 'the first key is made with the store');
  const active = keys.filter((key) => key.state === 'active');
  const message = `${active.length} in force, ${active.filter((key) => key.present).length} of them with their private file here`;
  return active.length > 0
    ? passed('keys', message)
    : failed('keys', message, { hint: 'No key can sign.', advice: [{ do: 'verify' }, { do: 'list-keys' }] });
}

/** Passes on what is said with every read. */
export function warned({ notices }: StoreStatus): HealthCheck {
  if (notices.length === 0) return passed('warnings', 'none');
  const hints = notices.flatMap(({ hint = '' }) => (hint === '' ? [] : [hint]));
  return {
    ...passed('warnings', notices.map((notice) => noticeLine(notice)).join('; ')),
    hint: hints.length === 0 ? undefined : hints.join(' '),
    advice: notices.flatMap(({ advice = [] }) => advice),
  };
}

/**
 * Damage that a verification found counts until one passes.
 *
 * @param maxAgeMs how long ago the last one may have passed; milliseconds
 */
export function verified(
  { store, verified: { passed: last, failed: found } }: StoreStatus,
  maxAgeMs = Number.POSITIVE_INFINITY,
): HealthCheck {
  if (found !== undefined)
    return failed(
      'verified',
      `the verification of ${found.time} found damage: ${found.code} ${found.where}: ${found.message}`,
      { hint: 'It counts until a verification passes.', advice: [{ do: 'verify' }] },
    );
  if (store !== undefined && !(Date.now() - Date.parse(last?.time ?? '1970-01-01') <= maxAgeMs))
    return failed(
      'verified',
      `NOT_VERIFIED: ${last === undefined ? 'no verification has passed here' : `the last verification that passed is of ${last.time}`}, which is too long ago`,
      { hint: '', advice: [{ do: 'verify' }] },
    );
  return passed(
    'verified',
    last === undefined
      ? 'not verified here yet'
      : `every ${last.depth === 'bytes' ? 'byte' : 'commit'} verified at ${last.time}, up to commit ${last.index}`,
  );
}

/** Says whether anything stands against writing. */
export function writable(status: StoreStatus): HealthCheck {
  return status.writable === undefined
    ? passed('writable', 'nothing stands against writing')
    : failure('writable', status.writable);
}

/** Says which folders that a write needs cannot be written. */
export function folders({ storage, state, keys }: WriteProbe, hasStore: boolean): HealthCheck[] {
  const checks = [
    typeof storage === 'string' ? passed('storage', storage) : failure('storage', storage),
    state === undefined
      ? passed('state', 'what this installation has seen is kept')
      : warning(
          'state',
          `${state.code}: ${state.message}; a rollback of what is written from now on would not be seen`,
          state,
        ),
  ];
  if (keys === undefined) return checks;
  // Keys may be mounted read-only; only the first write makes one.
  const readOnly = passed('key-folder', 'the keys folder cannot be written: no key can be added or changed here');
  return [...checks, hasStore && keys.code !== 'STORE_FULL' ? readOnly : failure('key-folder', keys)];
}

/** Signs, and verifies what it signed. */
export async function signing(store: Store, { store: id }: StoreStatus): Promise<HealthCheck> {
  if (id === undefined) return passed('signing', 'the first write makes a key and signs with it');
  return passed('signing', `key ${shortId(await store.keys.probeSigning())} signs, and its signature verifies`);
}

/** Names files near the newest commits that are none of the store's, such as conflict copies. */
export async function strays(store: Store): Promise<HealthCheck> {
  const [first, ...more] = await store.maintenance.strays('newest');
  if (first === undefined) return passed('strays', 'no file that is none of the store');
  const others = more.length === 0 ? '' : `, and ${more.length} more`;
  return warning('strays', `${first.where}: ${first.message}${others}`, first);
}

/** Says what became of the events of this process. */
export function telemetryState(
  { status, lost, message, ...guidance }: SinkState,
  folder: string | undefined,
): HealthCheck {
  if (status === 'off') return passed('telemetry', 'switched off');
  if (status === 'failing') {
    const what = `${message ?? 'events cannot be written'}; ${lost} events lost, the store goes on`;
    return warning('telemetry', what, guidance);
  }
  if (status === 'waiting' && folder !== undefined)
    try {
      checkWritable(folder);
    } catch (error) {
      const { code, message: why, hint, advice } = toStoreError(error);
      const guidance = { hint, advice: ofTelemetry(advice) };
      return warning('telemetry', `${code}: ${why}; events are lost, the store goes on`, guidance);
    }
  return passed('telemetry', status === 'on' ? 'events are written' : 'nothing to write yet; the folder is writable');
}

/** Runs a check; what it throws is its failure. */
export async function guarded(name: string, check: () => Promise<HealthCheck>): Promise<HealthCheck> {
  try {
    return await check();
  } catch (error) {
    return failure(name, toStoreError(error));
  }
}

export function passed(name: string, message: string): HealthCheck {
  return { name, ok: true, message };
}

export function failed(name: string, message: string, { hint, advice }: Guidance): HealthCheck {
  return { name, ok: false, severity: 'error', message, hint, advice };
}

export function warning(name: string, message: string, { hint, advice }: Guidance): HealthCheck {
  return { name, ok: false, severity: 'warning', message, hint, advice };
}

export function failure(name: string, error: StoreError): HealthCheck {
  return failed(name, `${error.code}: ${error.message}`, error);
}
