import { version } from '../../src/app/version.ts';
import { nodeEntry } from '../../src/clients/entry.ts';
import { StoreError } from '../../src/core/errors.ts';
import { admitTexts } from '../../src/policy/policy.ts';
import type { StorePaths } from '../../src/store/api/paths.ts';
import { openTelemetry } from '../../src/telemetry/events/telemetry.ts';
import type { Context } from '../../src/verbs/shared/context.ts';
import type { Installation } from '../../src/verbs/shared/installation.ts';

/** The gate for signed texts as the application wires it. */
export const checkTexts =
  (allowSecrets = false) =>
  (texts: Parameters<typeof admitTexts>[0]) =>
    admitTexts(texts, { allowSecrets });

/** An installation on these folders, without volumes and without programs of its own. */
export function installationAt(paths: StorePaths, more: Partial<Installation> = {}): Installation {
  return {
    version,
    settings: () => ({
      paths,
      storageAt: paths.storage,
      rootFrom: 'flag',
      storeId: undefined,
      readOnly: false,
      keysShared: false,
      expectVolume: false,
    }),
    forgottenVolume: () => undefined,
    probeServer: async () => 'a server answers',
    serverEntry: async () => nodeEntry('/usr/bin/node', '/app/main.js', { CONFIG_STORE_VAR: paths.root }),
    variable: () => undefined,
    secret: async () => undefined,
    probe: async () => ({ name: 'a', version: '1', tools: [], startMs: 1 }),
    environmentWith: (variables) => ({ ...process.env, ...variables }),
    personFolders: () => ({ platform: 'linux', home: paths.root }),
    ...more,
  };
}

/** An installation whose settings are wrong. */
export function misconfigured(): Installation {
  const wrong = () => {
    throw new StoreError('ARGUMENT_INVALID', 'CONFIG_STORE_ID is not an id', { hint: 'Leave it unset.' });
  };
  return { ...installationAt({ root: '', storage: '', keys: '', state: '', telemetry: '' }), settings: wrong };
}

/** Telemetry that writes nothing. */
export const silent = openTelemetry({ folder: '', days: 1, enabled: false, version });

/** A context on a store that the caller opens. */
export function contextAt(given: Pick<Context, 'store' | 'installation'> & Partial<Context>): Context {
  return {
    author: () => ({ name: 'test', version: '1.0.0', via: 'mcp' }),
    maxContentBytes: 1_048_576,
    allowSecrets: false,
    readOnly: false,
    telemetry: silent,
    ...given,
  };
}
