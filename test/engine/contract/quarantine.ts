import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Engine } from '../../../src/engine/port.ts';
import { append, logOf } from '../append.ts';
import type { EngineSubject, MakeSubject } from './subject.ts';

/** What every engine must do when a person has the end of a log moved aside. */
export function quarantineContract(make: MakeSubject): void {
  describe('quarantine', () => {
    let subject: EngineSubject;
    let engine: Engine;

    beforeEach(async () => {
      subject = await make();
      engine = subject.open();
    });
    afterEach(() => subject.dispose());

    it('moves the end of the log aside, and the log goes on from there', async () => {
      for (let index = 0; index < 5; index++) await append(engine, index, `${index}`);
      expect(await engine.admin.quarantine(3)).toBe(2);
      expect(engine.log.peek(3)).not.toBe(true);
      expect(await logOf(subject.open())).toEqual(['0', '1', '2']);
      expect(await append(engine, 3, 'again')).toBe(true);
      expect(await logOf(engine)).toEqual(['0', '1', '2', 'again']);
    });

    it('finds what lies far beyond a gap, by listing', async () => {
      await append(engine, 0, '0');
      for (const index of [2, 999, 1_000, 5_000_000, 999_999_999]) await subject.placeEntry(index, Buffer.from('x'));
      expect(await engine.admin.quarantine(1)).toBe(5);
      expect(await engine.log.beyond(0, 10)).toEqual([]);
      expect(await engine.admin.quarantine(1)).toBe(0);
      expect(await append(engine, 1, '1')).toBe(true);
    });
  });
}
