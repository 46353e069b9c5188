import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Durable } from '../../../src/disk/durable.ts';
import { FileCommitLog } from '../../../src/engine/files/commit-log.ts';
import type { StorageLayout } from '../../../src/engine/files/layout.ts';
import { type Turn, WriteGate } from '../../../src/engine/files/turns.ts';
import { makeStorageFolder } from './storage-folder.ts';

describe('the gate that lets processes append in turn', () => {
  let layout: StorageLayout;
  let dispose: () => Promise<void>;
  let gates: WriteGate[];

  beforeEach(async () => {
    ({ layout, dispose } = await makeStorageFolder());
    gates = [];
  });
  afterEach(async () => {
    for (const gate of gates) gate.close();
    await dispose();
  });

  const open = () => {
    const gate = new WriteGate(layout.tmp, new FileCommitLog(layout, new Durable()));
    gates.push(gate);
    return gate;
  };

  const isLocked = (name: string) => {
    const lock = new Database(join(layout.tmp, name), { timeout: 0 });
    try {
      lock.exec('BEGIN IMMEDIATE');
      return false;
    } catch {
      return true; // SQLITE_BUSY: somebody has it
    } finally {
      lock.close();
    }
  };

  it('lets one in at once, again and again', async () => {
    const gate = open();
    for (let i = 0; i < 3; i++) {
      const turn = await gate.enter(0);
      expect(turn.waited).toBe(false);
      turn.leave();
    }
    expect(readdirSync(layout.tmp)).toEqual(['gate-queue', 'gate-turn']);
  });

  it('lets nobody else in meanwhile, and in the end whoever waits, however often the first comes back', async () => {
    const [first, second] = [open(), open()];
    let theirs: Turn | undefined;
    const turn = await first.enter(0);
    const waiting = second.enter(0).then((given) => {
      theirs = given;
    });
    while (!isLocked('gate-queue')) await new Promise((resolve) => setImmediate(resolve));
    expect(theirs).toBeUndefined();
    turn.leave();
    while (theirs === undefined) {
      const again = await Promise.race([first.enter(0), waiting]);
      again?.leave();
      if (again === undefined) break;
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(theirs?.waited).toBe(true);
    theirs?.leave();
  });

  it('lets those who compete in one after another', async () => {
    const [first, second] = [open(), open()];
    const order: string[] = [];
    const enter = (gate: WriteGate, name: string) =>
      gate.enter(0).then((turn) => {
        order.push(name);
        return turn;
      });
    const turn = await enter(first, 'first');
    const waiting = enter(second, 'second');
    while (!isLocked('gate-queue')) await new Promise((resolve) => setImmediate(resolve));
    turn.leave();
    const theirs = await waiting;
    const third = enter(first, 'first again');
    while (!isLocked('gate-queue')) await new Promise((resolve) => setImmediate(resolve));
    theirs.leave();
    const fourth = enter(second, 'second again');
    (await third).leave();
    (await fourth).leave();
    expect(order).toEqual(['first', 'second', 'first again', 'second again']);
  });

  it('goes on without one who neither commits nor leaves, and then does not wait for it each time', async () => {
    const [stuck, other] = [open(), open()];
    await stuck.enter(0);
    (await other.enter(0)).leave();
    for (let i = 0; i < 100; i++) (await other.enter(0)).leave();
  });

  it('is no gate where there is no folder for it, or none that can be written', async () => {
    rmSync(layout.tmp, { recursive: true });
    const turn = await open().enter(0);
    expect(turn.waited).toBe(false);
    turn.leave();
  });
});
