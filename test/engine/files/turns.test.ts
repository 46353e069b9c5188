import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FileTurns } from '../../../src/engine/files/turns.ts';
import type { Turn } from '../../../src/engine/port.ts';

describe('turns as two SQLite files', () => {
  let folder: string;
  let opened: FileTurns[];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'config-store-'));
    opened = [];
  });
  afterEach(() => {
    for (const turns of opened) turns.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const open = (where = folder) => {
    const turns = new FileTurns(where, { peek: () => false });
    opened.push(turns);
    return turns;
  };

  const isLocked = (name: string) => {
    const lock = new Database(join(folder, name), { timeout: 0 });
    try {
      lock.exec('BEGIN IMMEDIATE');
      return false;
    } catch {
      return true; // SQLITE_BUSY: another has it
    } finally {
      lock.close();
    }
  };

  it('let one in at once, again and again', async () => {
    const turns = open();
    for (let i = 0; i < 3; i++) {
      const turn = await turns.take(0);
      expect(turn.waited).toBe(false);
      turn.leave();
    }
    expect(readdirSync(folder)).toEqual(['gate-queue', 'gate-turn']);
  });

  it('are no matter to one that is alone, which makes no lock', async () => {
    const turn = await open().take(0, { alone: true });
    expect(turn.waited).toBe(false);
    expect(readdirSync(folder)).toEqual([]);
    turn.leave();
  });

  it('let no other in meanwhile, and in the end the one that waits, however often the first comes back', async () => {
    const [first, second] = [open(), open()];
    let theirs: Turn | undefined;
    const turn = await first.take(0);
    const waiting = second.take(0).then((given) => {
      theirs = given;
    });
    while (!isLocked('gate-queue')) await new Promise((resolve) => setImmediate(resolve));
    expect(theirs).toBeUndefined();
    turn.leave();
    while (theirs === undefined) {
      const again = await Promise.race([first.take(0), waiting]);
      again?.leave();
      if (again === undefined) break;
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(theirs?.waited).toBe(true);
    theirs?.leave();
  });

  it('let those who compete in one after another', async () => {
    const [first, second] = [open(), open()];
    const order: string[] = [];
    const enter = (turns: FileTurns, name: string) =>
      turns.take(0).then((turn) => {
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

  it('go on without one that neither commits nor leaves, and then do not wait for it each time', async () => {
    const [stuck, other] = [open(), open()];
    await stuck.take(0);
    (await other.take(0)).leave();
    for (let i = 0; i < 100; i++) (await other.take(0)).leave();
  });

  it.each([
    ['is not there', () => rmSync(folder, { recursive: true })],
    [
      'is a file',
      () => {
        rmSync(folder, { recursive: true });
        writeFileSync(folder, '');
      },
    ],
    ['cannot be written', () => chmodSync(folder, 0o500)],
    ['has something else in the place of a lock', () => mkdirSync(join(folder, 'gate-turn'))],
  ])('are given to all at once where the folder %s', async (_, prepare) => {
    if (process.getuid?.() === 0 && _ === 'cannot be written') return;
    prepare();
    const [first, second] = [await open().take(0), await open().take(0)];
    expect([first.waited, second.waited]).toEqual([false, false]);
    first.leave();
    second.leave();
  });

  it('are taken again once the folder is there', async () => {
    const later = join(folder, 'later');
    const turns = open(later);
    (await turns.take(0)).leave();
    mkdirSync(later);
    (await turns.take(0)).leave();
    expect(readdirSync(later)).toEqual(['gate-queue', 'gate-turn']);
  });
});
