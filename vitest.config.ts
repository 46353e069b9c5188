import { env } from 'node:process';
import { defineConfig } from 'vitest/config';

// Tests that start the bundle as a process of its own; everything else runs the sources.
const process = [
  'test/{e2e,crash,fuzz,cli,scripts,documents}/**/*.test.ts',
  'test/{troubleshooting,trust/no-key-material,archive/hostile-backup}.test.ts',
];
// What a store promises on every engine runs on the one in memory once more.
const onEveryEngine = ['test/store/**/*.test.ts', 'test/verbs/configs/**/*.test.ts'];
// Only about files, or about what no engine has a part in.
const onOneEngine = [
  'test/store/{first-release-store,bit-flips,verify-commit}.test.ts',
  'test/verbs/configs/{content-changes,content-thread,given-content,text-window}.test.ts',
];
// On real servers, which are started once for all of them.
const onPostgres = ['test/engine/postgres/**/*.test.ts', 'test/postgres/**/*.test.ts'];
// Half a minute each: with SLOW=1 only.
const slowOnPostgres = [
  'test/engine/postgres/contract-{debian,pooled}.test.ts',
  'test/postgres/{administrator,commands,tls}.test.ts',
];
// Who takes or changes what is stored is noticed wherever it is stored.
const trust = [
  'test/trust/{false-statements,foreign-store,forged-commits,receipts-and-pin,rolled-back,stolen-key,thief}.test.ts',
];
// What a store promises on every engine, on PostgreSQL: minutes, so with SLOW=1 only.
const everythingOnPostgres = (name: string, server: string) => ({
  extends: true as const,
  test: {
    name,
    include: [...onEveryEngine, ...trust],
    exclude: onOneEngine,
    globalSetup: 'test/postgres/global-setup.ts',
    env: { ENGINE: 'postgres', POSTGRES_SERVER: server },
  },
});
const container = ['test/container/**/*.test.ts'];

export default defineConfig({
  test: {
    pool: 'forks',
    // One core less is kept free by default, which on two cores is half of them.
    maxWorkers: '100%',
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // A busy machine takes seconds for what is there at once on a quiet one.
    expect: { poll: { timeout: 30_000 } },
    projects: [
      {
        extends: true,
        test: { name: 'unit', include: ['test/**/*.test.ts'], exclude: [...process, ...onPostgres, ...container] },
      },
      {
        extends: true,
        test: {
          name: 'memory',
          include: onEveryEngine,
          exclude: onOneEngine,
          env: { ENGINE: 'memory' },
        },
      },
      {
        extends: true,
        test: {
          name: 'postgres',
          include: onPostgres,
          exclude: env['SLOW'] === '1' ? [] : slowOnPostgres,
          globalSetup: 'test/postgres/global-setup.ts',
        },
      },
      ...(env['SLOW'] === '1'
        ? [everythingOnPostgres('store-postgres', 'current'), everythingOnPostgres('store-debian', 'debian')]
        : []),
      { extends: true, test: { name: 'process', include: process, globalSetup: 'test/global-setup.ts' } },
      {
        extends: true,
        test: {
          name: 'container',
          include: container,
          globalSetup: 'test/container/global-setup.ts',
          // A slow machine's engine takes seconds for what a process does in milliseconds.
          testTimeout: 180_000,
          hookTimeout: 180_000,
          maxWorkers: 2,
        },
      },
    ],
  },
});
