import { rmSync } from 'node:fs';
import type { TestProject } from 'vitest/node';
import { type Binaries, debianBinaries, embeddedBinaries } from './binaries.ts';
import { startPooler } from './pooler.ts';
import { PostgresServer, serverFolder } from './server.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Addresses of superusers, for all tests of a run; undefined for what could not be started. */
    readonly postgres: {
      /** The current one, from npm. */
      readonly current: string | undefined;
      /** Debian's. */
      readonly debian: string | undefined;
      /** PgBouncer in front of Debian's, or of the current one where there is no Debian's. */
      readonly pooled: string | undefined;
      /** Programs of the current one, for tests that need a server of their own. */
      readonly binaries: Binaries | undefined;
    };
  }
}

/** Nothing of it has to last, and each connection is a process that is cheaper to start with little shared memory. */
const SMALL = ['fsync = off', 'shared_buffers = 16MB', 'autovacuum = off', 'jit = off'];

/** Starts one server of each kind for all tests of a run. They share it, each in a schema of its own. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = serverFolder();
  const started: Array<{ dispose(): Promise<void> }> = [];
  const end = async () => {
    for (const one of started.reverse()) await one.dispose();
    rmSync(folder, { recursive: true, force: true });
  };
  const note = <T extends { dispose(): Promise<void> }>(one: T | undefined): T | undefined => {
    if (one !== undefined) started.push(one);
    return one;
  };
  try {
    const current = note(await start('the current PostgreSQL, from npm', () => embeddedBinaries(folder)));
    const isSlow = process.env['SLOW'] === '1'; // else there is no test on these
    const debian = isSlow ? note(await start("Debian's PostgreSQL", debianBinaries)) : undefined;
    const behind = isSlow ? (debian ?? current) : undefined;
    const pooler = note(behind && (await startPooler(behind)));
    if (behind !== undefined && pooler === undefined) skipped('PgBouncer', 'it is not installed');
    project.provide('postgres', {
      current: current?.url(),
      debian: debian?.url(),
      pooled: pooler?.url,
      binaries: current?.binaries,
    });
    return end;
  } catch (error) {
    await end();
    throw error;
  }
}

/** A server that cannot be had is said loudly: the tests on it are skipped, or fail with `POSTGRES=require`. */
async function start(
  what: string,
  binaries: () => ReturnType<typeof debianBinaries>,
): Promise<PostgresServer | undefined> {
  let why = 'it is not installed';
  try {
    const found = binaries();
    if (found !== undefined) return await PostgresServer.start(found, { settings: SMALL });
  } catch (error) {
    why = error instanceof Error ? error.message : String(error);
  }
  skipped(what, why);
  return undefined;
}

/** @throws Error with `POSTGRES=require`, which ends the run */
function skipped(what: string, why: string): void {
  if (process.env['POSTGRES'] === 'require') throw new Error(`POSTGRES=require, and ${what} cannot be had: ${why}`);
  process.stderr.write(`\n!!!! TESTS ON ${what} ARE SKIPPED: ${why}\n\n`);
}
