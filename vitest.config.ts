import { defineConfig } from 'vitest/config';

// Tests that start the bundle as a process of its own; everything else runs the sources.
const process = ['test/e2e/**/*.test.ts', 'test/crash/**/*.test.ts'];
const container = ['test/container/**/*.test.ts'];

export default defineConfig({
  test: {
    pool: 'forks',
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: [
      { extends: true, test: { name: 'unit', include: ['test/**/*.test.ts'], exclude: [...process, ...container] } },
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
