import { expect, it } from 'vitest';
import { missingStore, noStore } from '../../src/store/trust/trust-policy.ts';
import { ofTelemetry } from '../../src/telemetry/events/sink.ts';

const SETTING = { folder: 'CONFIG_STORE_VAR', database: 'CONFIG_STORE_STORAGE' } as const;

it.each([
  { kind: 'folder', location: '/home/ada/var/storage' },
  { kind: 'database', location: 'postgres://writer@db:5432/config' },
] as const)('a store that is not in a $kind is looked for with the setting that names one', ({ kind, location }) => {
  expect(noStore(location).advice).toContainEqual({ do: 'set', setting: SETTING[kind] });
  const other = SETTING[kind === 'folder' ? 'database' : 'folder'];
  for (const error of [noStore(location), missingStore(location)]) {
    expect(error.advice).not.toContainEqual({ do: 'set', setting: other });
    expect(/\b(?:folder|volume|Mount)\b/.test(error.hint)).toBe(kind === 'folder');
  }
});

it('a telemetry folder that cannot be written is changed with the setting of its own', () => {
  const verify = { do: 'verify' } as const;
  expect(ofTelemetry([{ do: 'set', setting: 'CONFIG_STORE_VAR' }, verify])).toEqual([
    { do: 'set', setting: 'CONFIG_STORE_TELEMETRY_DIR' },
    verify,
  ]);
});
