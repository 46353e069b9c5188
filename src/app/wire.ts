import { storeObserver } from '../telemetry/events/observers.ts';
import { openTelemetry, type Telemetry } from '../telemetry/events/telemetry.ts';
import { type LazyStore, lazyStore } from './lazy-store.ts';
import { passphraseSource, readPassphrase } from './passphrase.ts';
import { readProcessSettings, type SettingFlags, type Settings } from './settings.ts';
import { version } from './version.ts';

/** Settings, store and telemetry of one process, put together. */
export interface Wiring {
  /** @throws StoreError `ARGUMENT_INVALID` naming the variable or flag. */
  readonly settings: () => Settings;
  readonly store: LazyStore;
  readonly telemetry: Telemetry;
}

/**
 * Puts a process together. Touches nothing: files are opened when the store is first asked for, telemetry is written from
 * the first event on, and a bad setting is the failure of whoever needs it.
 *
 * @param mayPrompt false where standard input belongs to a protocol
 */
export function wire(flags: SettingFlags, mayPrompt: boolean): Wiring {
  let read: Settings | undefined;
  const settings = () => {
    read ??= readProcessSettings(flags);
    return read;
  };
  const telemetry = startTelemetry(settings);
  const store = lazyStore(settings, {
    passphrase: async () => passphraseSource(settings().passphraseFile, mayPrompt)?.(),
    newKeyPassphrase: async () => {
      const file = settings().passphraseFile;
      return file === undefined ? undefined : readPassphrase(file);
    },
    observer: storeObserver(telemetry.events),
  });
  return { settings, store, telemetry };
}

/** Without settings there is no folder to write to; whoever asks for the store is told what is wrong with them. */
function startTelemetry(settings: () => Settings): Telemetry {
  try {
    const { paths, telemetry, telemetryDays } = settings();
    return openTelemetry({ folder: paths.telemetry, days: telemetryDays, enabled: telemetry, version });
  } catch {
    return openTelemetry({ folder: '', days: 1, enabled: false, version });
  }
}
