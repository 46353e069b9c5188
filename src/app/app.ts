import type { Author } from '../core/commit/statement.ts';
import { admitTexts } from '../policy/policy.ts';
import type { StoreObserver } from '../store/api/observer.ts';
import type { SignedText } from '../store/api/signed-text.ts';
import type { Store } from '../store/api/store.ts';
import { storeObserver } from '../telemetry/events/observers.ts';
import { openTelemetry, type Telemetry } from '../telemetry/events/telemetry.ts';
import type { Context } from '../verbs/shared/context.ts';
import { installationOf } from './installation.ts';
import { passphraseSource, readPassphrase } from './passphrase.ts';
import type { ServerLog } from './server-log.ts';
import { refuseForeignFolder } from './settings/foreign-folder.ts';
import { readProcessSettings, type SettingFlags, type Settings, unknownSettings } from './settings/settings.ts';
import { lazyStore } from './stores/lazy-store.ts';
import { passOnTo } from './stores/store-observers.ts';
import { version } from './version.ts';

/** The most bytes one artifact may have, by where it comes from: 64 MiB and 1 MiB. */
const MAX_CONTENT_BYTES = { cli: 67_108_864, mcp: 1_048_576 } as const satisfies Record<Author['via'], number>;

/** How a process is put together. */
export interface AppOptions {
  /** Values from the command line, each winning over its variable. */
  readonly flags: SettingFlags;
  /** Which adapter runs: `mcp` asks no person for a passphrase, because standard input belongs to the protocol. */
  readonly via: Author['via'];
  /** The person's decision that nothing is scanned for credentials, or that these places may hold one. */
  readonly allowSecrets?: Context['allowSecrets'] | undefined;
  /** Hears what the store does, besides telemetry. */
  readonly log?: Pick<ServerLog, 'store' | 'opened'> | undefined;
  /** Called once, before the store is opened, with what is wrong with the volumes of a container and with variables. */
  readonly warn?: ((message: string) => Promise<void>) | undefined;
}

/** The part of everything that a caller may do. */
export interface Reach extends Pick<Context, 'prefix' | 'isRemote'> {
  readonly readOnly?: boolean | undefined;
}

/** One process, put together: settings, store, telemetry, and the context of the verbs. */
export interface App {
  /** @throws StoreError `ARGUMENT_INVALID` naming the variable or flag, `STORE_UNSUPPORTED` for a folder that is no store */
  readonly settings: () => Settings;
  readonly telemetry: Telemetry;
  /** Makes the context of the verbs for one who asks; every context has the same store, opened at its first use. */
  context(author: () => Omit<Author, 'via'>, reach?: Reach): Context;
  /** Reports what happens inside the store to one more observer, from now on. */
  observeStore(observer: StoreObserver): void;
  /** Closes the store if it was opened; the events of the rest of this process are still written. */
  closeStore(): Promise<void>;
  /** Closes the store if it was opened, then telemetry. */
  close(): Promise<void>;
}

/**
 * Puts a process together. Touches nothing: files are opened when the store is first asked for, telemetry is written from
 * the first event on, and a bad setting is the failure of the call that needs it.
 */
export function createApp({ flags, via, allowSecrets = false, warn, log }: AppOptions): App {
  let read: Settings | undefined;
  const settings = () => {
    if (read !== undefined) return read;
    const found = readProcessSettings(flags);
    refuseForeignFolder(found);
    read = found;
    return read;
  };
  const telemetry = startTelemetry(settings);
  const installation = installationOf(settings);
  const observers: StoreObserver[] = [storeObserver(telemetry.events)];
  if (log !== undefined) observers.push(log.store);
  const store = lazyStore(settings, {
    passphrase: async () => passphraseSource(settings().passphraseFile, via === 'cli')?.(),
    newKeyPassphrase: async () => {
      const file = settings().passphraseFile;
      return file === undefined ? undefined : readPassphrase(file);
    },
    observer: passOnTo(observers),
    opened: log?.opened,
    checkTexts: (texts) => checkTexts(texts, allowSecrets),
    standing: via === 'mcp',
  });
  let warned = warn === undefined;
  const open = async () => {
    if (!warned) {
      warned = true;
      const forgotten = installation.forgottenVolume();
      if (forgotten !== undefined) await warn?.(`${forgotten.message}. ${forgotten.hint}`);
      for (const message of unknownSettings()) await warn?.(message);
    }
    return store.open();
  };
  return {
    settings,
    telemetry,
    context: (author, { prefix, readOnly, isRemote } = {}) => ({
      store: prefix === undefined ? open : () => openScoped(open, prefix),
      prefix,
      author: () => ({ ...author(), via }),
      maxContentBytes: MAX_CONTENT_BYTES[via],
      allowSecrets,
      isRemote,
      readOnly: readOnly ?? (via === 'mcp' && attempt(settings)?.readOnly === true),
      telemetry,
      installation,
    }),
    observeStore: (observer) => void observers.push(observer),
    closeStore: store.close,
    close: async () => {
      await store.close();
      await telemetry.close();
    },
  };
}

/** The view of a part of the store is loaded when there is a caller who has no more. */
async function openScoped(open: Context['store'], prefix: string): Promise<Store> {
  const { scopedStore } = await import('../verbs/shared/scoped-store.ts');
  return scopedStore(await open(), prefix);
}

/** Returns the settings, or undefined where one is wrong: the call that needs them then fails with the reason. */
export function attempt(settings: () => Settings): Settings | undefined {
  try {
    return settings();
  } catch {
    // The store needs these settings too, and its opening reports the same failure with its hint.
    return undefined;
  }
}

/** Asks the policy whether the texts of a commit may be signed. */
async function checkTexts(texts: readonly SignedText[], allowSecrets: Context['allowSecrets']): Promise<void> {
  await admitTexts(texts, { allowSecrets });
}

/** Without settings there is no folder to write to: the call that needs the store reports what is wrong with them. */
function startTelemetry(settings: () => Settings): Telemetry {
  const read = attempt(settings);
  return openTelemetry({
    folder: read?.paths.telemetry ?? '',
    days: read?.telemetryDays ?? 1,
    enabled: read?.telemetry ?? false,
    version,
  });
}
