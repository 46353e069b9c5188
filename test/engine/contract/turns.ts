import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Engine, Turn } from '../../../src/engine/port.ts';
import { append } from '../append.ts';
import { startProcess } from './processes.ts';
import type { EngineSubject, MakeSubject } from './subject.ts';

/** What all turns must do; `publish` decides, so none of it may fail or wait for ever. */
export function turnsContract(make: MakeSubject): void {
  describe('turns', () => {
    let subject: EngineSubject;
    let engine: Engine;

    beforeEach(async () => {
      subject = await make();
      engine = subject.open();
    });
    afterEach(() => subject.dispose());

    it('are given at once to one that has no competitor, again and again', async () => {
      for (let i = 0; i < 3; i++) {
        const turn = await engine.turns.take(i);
        expect(turn.waited).toBe(false);
        await append(engine, i, `${i}`);
        turn.leave();
      }
    });

    it('are given to the next one when the first leaves', async () => {
      const turn = await engine.turns.take(0);
      let theirs: Turn | undefined;
      const waiting = subject
        .open()
        .turns.take(0)
        .then((given) => {
          theirs = given;
        });
      for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
      expect(theirs).toBeUndefined();
      await append(engine, 0, '0');
      turn.leave();
      await waiting;
      expect(theirs?.waited).toBe(true);
      theirs?.leave();
      theirs?.leave();
    });

    it('pass over one that neither commits nor leaves', async () => {
      await engine.turns.take(0);
      const other = subject.open();
      const turn = await other.turns.take(0);
      expect(turn.waited).toBe(true);
      expect(await append(other, 0, 'went on')).toBe(true);
      turn.leave();
    });

    it('pass over a process that is suspended, and one that died', async (context) => {
      const { remote } = subject;
      if (remote === undefined) return context.skip('lives in one process');
      const child = startProcess(remote, 'hold', 'a', 0);
      await once(child.stdout as NodeJS.ReadableStream, 'data');
      child.kill('SIGSTOP');
      (await engine.turns.take(0)).leave();
      const ended = once(child, 'close');
      child.kill('SIGKILL');
      await ended;
      const fresh = subject.open();
      const turn = await fresh.turns.take(0);
      expect(turn.waited).toBe(false);
      turn.leave();
    }, 20_000);
  });
}
