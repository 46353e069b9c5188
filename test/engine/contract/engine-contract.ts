import { describe, expect, it } from 'vitest';
import { draftsContract } from './drafts.ts';
import { logContract } from './log.ts';
import { objectsContract } from './objects.ts';
import { quarantineContract } from './quarantine.ts';
import type { MakeSubject } from './subject.ts';
import { turnsContract } from './turns.ts';

/** What every implementation of `Engine` must do. */
export function engineContract(name: string, make: MakeSubject): void {
  describe(`engine contract: ${name}`, () => {
    logContract(make);
    objectsContract(make);
    draftsContract(make);
    turnsContract(make);
    quarantineContract(make);

    it('prepares, tidies, checks and closes, each more than once', async () => {
      const subject = await make();
      try {
        const engine = subject.open();
        for (let i = 0; i < 2; i++) {
          await engine.prepare();
          await engine.tidy(new Date());
          expect((await engine.check({ probe: i === 1 })).message).not.toBe('');
          expect(await engine.open()).toEqual({ exists: false });
        }
        expect(engine.location).not.toBe('');
        await engine.close();
        await engine.close();
      } finally {
        await subject.dispose();
      }
    });
  });
}
