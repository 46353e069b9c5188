import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DraftRevision, Engine } from '../../../src/engine/port.ts';
import { keyOf } from '../append.ts';
import { runProcess } from './processes.ts';
import type { EngineSubject, MakeSubject } from './subject.ts';

const key = keyOf('c/d');
const saved = (revision: number, text = `draft ${revision}`, of = key): DraftRevision => ({
  key: of,
  revision,
  body: Buffer.from(text),
  live: true,
});
/** A mark ends as the rules of drafts make it end; an engine may look at that or keep `live` itself. */
const discarded = (revision: number, of = key): DraftRevision => ({
  key: of,
  revision,
  body: Buffer.from(`{"name":"c/d","revision":${revision},"discarded":true}`),
  live: false,
});

/** What every draft store must do. */
export function draftsContract(make: MakeSubject): void {
  describe('drafts', () => {
    let subject: EngineSubject;
    let engine: Engine;

    beforeEach(async () => {
      subject = await make();
      engine = subject.open();
    });
    afterEach(() => subject.dispose());

    it('are not there at first', async () => {
      expect(await engine.drafts.newest(key)).toBeUndefined();
      expect(await engine.drafts.list(10)).toEqual([]);
      expect(await engine.drafts.live([key])).toEqual(new Set());
    });

    it('are what was saved last, for every installation', async () => {
      for (const revision of [1, 2, 3]) expect(await engine.drafts.insert(saved(revision))).toBe('saved');
      const newest = await subject.open().drafts.newest(key);
      expect({ ...newest, body: Buffer.from(newest?.body ?? []) }).toEqual(saved(3));
    });

    it('are saved by compare-and-swap on the revision', async () => {
      await engine.drafts.insert(saved(1));
      expect(await subject.open().drafts.insert(saved(1, 'other'))).toBe('conflict');
      await engine.drafts.insert(saved(2));
      expect(await engine.drafts.insert(saved(1, 'late'))).toBe('conflict'); // its number was removed meanwhile
      expect(await engine.drafts.insert(saved(2, 'other'))).toBe('conflict');
      expect(Buffer.from((await engine.drafts.newest(key))?.body ?? []).toString()).toBe('draft 2');
    });

    it('of which one was discarded say so, and go on with the next revision', async () => {
      await engine.drafts.insert(saved(1));
      expect(await engine.drafts.insert(discarded(2))).toBe('saved');
      expect(await engine.drafts.newest(key)).toMatchObject({ revision: 2, live: false });
      expect(await engine.drafts.live([key])).toEqual(new Set());
      expect((await engine.drafts.list(10)).map((entry) => entry.key)).toEqual([key]);
      expect(await engine.drafts.insert(saved(2))).toBe('conflict');
      expect(await engine.drafts.insert(saved(3))).toBe('saved');
      expect(await engine.drafts.live([key])).toEqual(new Set([key]));
    });

    it('say which of many are live, small and large', async () => {
      const [small, large, gone, never] = ['s', 'l', 'g', 'n'].map(keyOf) as [string, string, string, string];
      await engine.drafts.insert(saved(1, '{}', small));
      await engine.drafts.insert(saved(1, 'x'.repeat(100_000), large));
      await engine.drafts.insert(saved(1, 'x', gone));
      await engine.drafts.insert(discarded(2, gone));
      expect(await engine.drafts.live([small, large, gone, never])).toEqual(new Set([small, large]));
      expect((await engine.drafts.list(10)).map(({ key }) => key).sort()).toEqual([small, large, gone].sort());
      expect(await engine.drafts.list(2)).toHaveLength(2);
      expect(await engine.drafts.list(0)).toEqual([]);
    });

    it('at once on one revision have one winner', async () => {
      for (let revision = 1; revision <= 10; revision++) {
        const outcomes = await Promise.all(
          Array.from({ length: 8 }, (_, i) => subject.open().drafts.insert(saved(revision, `${i}`))),
        );
        expect(outcomes.filter((outcome) => outcome === 'saved')).toHaveLength(1);
        const newest = await engine.drafts.newest(key);
        expect(Buffer.from(newest?.body ?? []).toString()).toBe(`${outcomes.indexOf('saved')}`);
      }
    });

    it('of four processes each get a revision of their own', async (context) => {
      const { remote } = subject;
      if (remote === undefined) return context.skip('lives in one process');
      const answered = (
        await Promise.all(['a', 'b', 'c', 'd'].map((writer) => runProcess(remote, 'draft', writer, 15)))
      ).flat();
      const textOf = new Map(answered.map(({ index, text }) => [index, text]));
      expect(textOf.size).toBe(60);
      // Sixty numbers, or more where one was superseded before its process could be sure of it, and tried again.
      const highest = Math.max(...textOf.keys());
      expect(highest).toBeGreaterThanOrEqual(60);
      const newest = await engine.drafts.newest(key);
      expect(newest?.revision).toBe(highest);
      expect(Buffer.from(newest?.body ?? []).toString()).toBe(textOf.get(highest));
    }, 60_000);
  });
}
