import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MAX_ENVELOPE_BYTES } from '../../../src/core/commit/envelope.ts';
import { sha256Hex } from '../../../src/core/digest.ts';
import { StoreError } from '../../../src/core/errors.ts';
import type { Engine } from '../../../src/engine/port.ts';
import { ALL, append, logOf, stage, texts } from '../append.ts';
import { runProcess } from './processes.ts';
import type { EngineSubject, MakeSubject } from './subject.ts';

/** What every log must do. */
export function logContract(make: MakeSubject): void {
  describe('the log', () => {
    let subject: EngineSubject;
    let engine: Engine;

    beforeEach(async () => {
      subject = await make();
      engine = subject.open();
    });
    afterEach(() => subject.dispose());

    it('is empty at first', async () => {
      expect(await engine.open()).toEqual({ exists: false });
      expect(engine.log.peek(0)).not.toBe(true);
      expect(await engine.log.readRange(0, ALL)).toEqual({ first: 0, envelopes: [], more: false });
      expect(await engine.log.beyond(-1, 10)).toEqual([]);
      expect(await engine.log.publish([])).toBe(0);
    });

    it('returns exactly the bytes published, to every installation', async () => {
      const envelopes = [Buffer.from('{"a":1}'), Buffer.from([0, 255, 10, 13]), Buffer.alloc(MAX_ENVELOPE_BYTES, 7)];
      for (const [index, envelope] of envelopes.entries())
        expect(await engine.log.publish([engine.log.stage({ index, envelope, artifacts: [] })])).toBe(1);
      const other = subject.open();
      expect(await other.open()).toEqual({ exists: true });
      const range = await other.log.readRange(0, ALL);
      expect(range.envelopes.map((envelope, i) => Buffer.compare(envelope, envelopes[i] as Buffer))).toEqual([0, 0, 0]);
      expect(range.more).toBe(false);
      expect(other.log.peek(2)).not.toBe(false);
      expect(other.log.peek(3)).not.toBe(true);
    });

    it('limits a range by the number of commits', async () => {
      for (let index = 0; index < 5; index++) await append(engine, index, `${index}`);
      const read = async (first: number, commits: number) => {
        const range = await engine.log.readRange(first, { ...ALL, commits });
        return [texts(range).join(), range.more];
      };
      expect(await read(0, 2)).toEqual(['0,1', true]);
      expect(await read(2, 3)).toEqual(['2,3,4', false]);
      expect(await read(4, 1)).toEqual(['4', false]);
      expect(await read(3, 1)).toEqual(['3', true]);
      expect(await read(5, 1)).toEqual(['', false]);
    });

    it('limits a range by bytes, and returns one commit at least', async () => {
      for (let index = 0; index < 5; index++) await append(engine, index, `${index}`.repeat(10));
      const read = async (first: number, bytes: number) => {
        const range = await engine.log.readRange(first, { ...ALL, bytes });
        return [range.envelopes.length, range.more];
      };
      expect(await read(0, 1)).toEqual([1, true]);
      expect(await read(0, 20)).toEqual([2, true]);
      expect(await read(0, 29)).toEqual([2, true]);
      expect(await read(3, 20)).toEqual([2, false]);
      expect(await read(4, 1)).toEqual([1, false]);
    });

    it('gives no more of what cannot be an envelope than shows it', async () => {
      await append(engine, 0, 'fine');
      await subject.placeEntry(1, Buffer.alloc(3 * MAX_ENVELOPE_BYTES, 'x'));
      const { envelopes } = await engine.log.readRange(0, ALL);
      expect(envelopes.map(({ length }) => length)).toEqual([4, MAX_ENVELOPE_BYTES + 1]);
    });

    it('does not publish at a taken index, and leaves what is there', async () => {
      expect(await append(engine, 0, 'first')).toBe(true);
      expect(await append(subject.open(), 0, 'second')).toBe(false);
      expect(await append(engine, 0, 'first')).toBe(false); // equal bytes too: whose commit it is matters
      expect(await logOf(engine)).toEqual(['first']);
    });

    it('publishes several in order', async () => {
      const staged = [0, 1, 2, 3].map((index) => stage(engine, index, `${index}`));
      expect(engine.log.peek(0)).not.toBe(true);
      expect(await engine.log.publish(staged)).toBe(4);
      expect(await logOf(subject.open())).toEqual(['0', '1', '2', '3']);
    });

    it.each([0, 1, 2])(
      'publishes the first %i of three when another process takes the next index, and nothing of the rest',
      async (before) => {
        const staged = [0, 1, 2].map((index) => stage(engine, index, `ours ${index}`));
        for (let index = 0; index < before; index++) await staged[index]?.ready;
        await subject.placeEntry(before, Buffer.from('theirs'));
        expect(await engine.log.publish(staged)).toBe(before);
        expect(await logOf(engine)).toEqual([...['ours 0', 'ours 1'].slice(0, before), 'theirs']);
      },
    );

    it('refuses to leave a gap', async () => {
      await append(engine, 0, '0');
      await expect(append(engine, 2, '2')).rejects.toMatchObject({ code: 'CORRUPT', details: { index: 1 } });
      await expect(append(engine, 1_000, '1000')).rejects.toMatchObject({ code: 'CORRUPT', details: { index: 999 } });
      expect(engine.log.peek(2)).not.toBe(true);
      expect(await engine.log.beyond(0, 10)).toEqual([]);
      expect(await append(engine, 1, '1')).toBe(true);
    });

    it('publishes what was confirmed, once, and nothing that was not', async () => {
      let confirmed = 0;
      const entry = (index: number, confirm: () => void) =>
        engine.log.stage({ index, envelope: Buffer.from(`${index}`), artifacts: [], confirm });
      const fine = [0, 1].map((index) => entry(index, () => void confirmed++));
      expect(await engine.log.publish(fine)).toBe(2);
      expect(confirmed).toBe(2);
      const doubt = new Error('no such signature');
      const doubtful = async () => {
        const staged = entry(2, () => {
          throw doubt;
        });
        try {
          await engine.log.publish([staged]);
        } finally {
          engine.log.drop(staged);
        }
      };
      await expect(doubtful()).rejects.toBe(doubt);
      const turn = await engine.turns.take(2);
      await expect(doubtful()).rejects.toBe(doubt);
      turn.leave();
      expect(await logOf(subject.open())).toEqual(['0', '1']);
      expect(await append(engine, 2, 'after')).toBe(true);
    });

    it('publishes in a turn that is assumed after the commit that it is meant to follow, and after no other', async (context) => {
      await append(engine, 0, 'theirs');
      await append(engine, 1, 'and theirs');
      const tryAfter = async (index: number, previous: string) => {
        const turn = await engine.turns.take(index, { alone: true });
        const artifact = engine.objects.begin(Buffer.from(`artifact of ${previous}`));
        const envelope = Buffer.from(`after ${previous}`);
        const given = { index, envelope, artifacts: [artifact], previous: sha256Hex(previous) };
        const staged = engine.log.stage(given);
        if (turn.assumed !== true) return context.skip('looks at the log in each turn');
        const published = await engine.log.publish([staged]);
        turn.leave();
        return [published, await engine.objects.has(artifact.digest)];
      };
      expect(await tryAfter(2, 'ours')).toEqual([0, false]);
      expect(await tryAfter(3, 'and theirs')).toEqual([0, false]); // the one before is gone
      expect(await tryAfter(1, 'theirs')).toEqual([0, false]);
      expect(await tryAfter(2, 'and theirs')).toEqual([1, true]);
      expect(await logOf(engine)).toEqual(['theirs', 'and theirs', 'after and theirs']);
    });

    it('has no index above nine digits', async () => {
      await subject.placeEntry(999_999_999, Buffer.from('the last'));
      await expect(append(engine, 1_000_000_000, 'one more')).rejects.toMatchObject({ code: 'STORE_FULL' });
      expect((await engine.log.readRange(1_000_000_000, ALL)).envelopes).toEqual([]);
    });

    it('leaves nothing of a staged entry that is dropped', async () => {
      const staged = stage(engine, 0, 'dropped');
      await staged.ready;
      engine.log.drop(staged);
      engine.log.drop(staged);
      expect(await append(engine, 0, 'kept')).toBe(true);
      expect(await logOf(engine)).toEqual(['kept']);
    });

    it('counts its own commit when the answer was lost, and no other', async () => {
      const losing = subject.openLosingAnAnswer();
      expect(await append(losing, 0, 'ours')).toBe(true);
      const several = subject.openLosingAnAnswer();
      const staged = [1, 2, 3].map((index) => stage(several, index, `${index}`));
      await subject.placeEntry(3, Buffer.from('theirs'));
      expect(await several.log.publish(staged)).toBe(2);
      expect(await logOf(engine)).toEqual(['ours', '1', '2', 'theirs']);
    });

    it('does not share memory with its callers', async () => {
      const envelope = Buffer.from('before');
      const staged = engine.log.stage({ index: 0, envelope, artifacts: [] });
      await staged.ready;
      envelope.write('AFTER!');
      await engine.log.publish([staged]);
      const [first] = (await engine.log.readRange(0, ALL)).envelopes;
      expect(Buffer.from(first ?? []).toString()).toBe('before');
      first?.fill(0);
      expect(await logOf(engine)).toEqual(['before']);
    });

    it('has the artifacts of a commit before the commit', async () => {
      const [one, two] = [Buffer.from('one'), Buffer.from('two')];
      const [first, second] = [engine.objects.begin(one), engine.objects.begin(two)];
      expect([first.digest, second.digest]).toEqual([sha256Hex(one), sha256Hex(two)]);
      expect(await engine.log.publish([stage(engine, 0, 'a', [first]), stage(engine, 1, 'b', [second])])).toBe(2);
      const other = subject.open();
      for (const bytes of [one, two]) expect(await other.objects.get(sha256Hex(bytes), 3)).toEqual(bytes);
    });

    it('keeps the artifacts of a commit that lost its index for the next attempt', async () => {
      const artifact = engine.objects.begin(Buffer.from('again'));
      const staged = stage(engine, 0, 'ours', [artifact]);
      await append(subject.open(), 0, 'theirs');
      expect(await engine.log.publish([staged])).toBe(0);
      expect(await append(engine, 1, 'ours', [artifact])).toBe(true);
      expect(await subject.open().objects.has(artifact.digest)).toBe(true);
    });

    it('lets one of many racing appends win each index', async () => {
      const engines = Array.from({ length: 8 }, () => subject.open());
      for (let index = 0; index < 20; index++) {
        const won = await Promise.all(engines.map((one, i) => append(one, index, `${index}:${i}`)));
        expect(won.filter((one) => one)).toHaveLength(1);
        expect(texts(await engine.log.readRange(index, ALL))).toEqual([`${index}:${won.indexOf(true)}`]);
      }
    });

    it('crosses the 1,000th commit, one at a time and in one publish', async () => {
      for (let first = 0; first < 990; first += 99)
        expect(
          await engine.log.publish(Array.from({ length: 99 }, (_, i) => stage(engine, first + i, `${first + i}`))),
        ).toBe(99);
      for (let index = 990; index < 998; index++) await append(engine, index, `${index}`);
      expect(await engine.log.publish([998, 999, 1_000, 1_001].map((index) => stage(engine, index, `${index}`)))).toBe(
        4,
      );
      expect(await append(engine, 1_002, '1002')).toBe(true);
      expect(await logOf(subject.open())).toEqual(Array.from({ length: 1_003 }, (_, index) => `${index}`));
    });

    it('lists what is beyond a gap, ascending, and no more than asked for', async () => {
      for (const index of [0, 1, 3, 7, 1_002, 2_500_000, 999_999_999])
        await subject.placeEntry(index, Buffer.from('x'));
      expect(await engine.log.beyond(1, 100)).toEqual([3, 7, 1_002, 2_500_000, 999_999_999]);
      expect(await engine.log.beyond(7, 2)).toEqual([1_002, 2_500_000]);
      expect(await engine.log.beyond(1_002, 1)).toEqual([2_500_000]);
      expect(await engine.log.beyond(999_999_999, 1)).toEqual([]);
      expect(await engine.log.readRange(0, ALL)).toMatchObject({ envelopes: { length: 2 }, more: false });
    });

    it('hints at what another installation appended, until it is stopped', async () => {
      const watching = subject.open();
      const hinted = Promise.withResolvers<void>();
      const stop = watching.log.watch(() => hinted.resolve());
      await append(engine, 0, 'news');
      await hinted.promise;
      expect(await logOf(watching)).toEqual(['news']);
      stop();
      stop();
    });

    it('publishes nothing once it is halted', async () => {
      await append(engine, 0, '0');
      const staged = stage(engine, 1, '1');
      await staged.ready;
      const reason = new StoreError('STATE_UNKNOWN', 'a test says so', { hint: 'None.' });
      engine.halt(reason);
      engine.halt(new StoreError('INTERNAL', 'another', { hint: 'None.' }));
      expect(engine.halted).toBe(reason);
      await expect(engine.log.publish([staged])).rejects.toBe(reason);
      expect(() => stage(engine, 1, '1')).toThrow(reason);
      await expect(engine.objects.put(Buffer.from('x'))).rejects.toBe(reason);
      await expect(engine.check({ probe: true })).rejects.toBe(reason);
      expect(subject.open().halted).toBeUndefined();
      expect(await logOf(subject.open())).toEqual(['0']);
    });

    it('keeps every append that four processes had an answer to, each in a place of its own', async (context) => {
      const { remote } = subject;
      if (remote === undefined) return context.skip('lives in one process');
      const answered = (
        await Promise.all(['a', 'b', 'c', 'd'].map((writer) => runProcess(remote, 'append', writer, 60)))
      ).flat();
      expect(new Set(answered.map(({ index }) => index)).size).toBe(240);
      const log = await logOf(engine);
      expect(log).toHaveLength(240);
      for (const { index, text } of answered) expect(log[index]).toBe(text);
    }, 60_000);
  });
}
