import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sha256Hex } from '../../../src/core/digest.ts';
import { isStoreError } from '../../../src/core/errors.ts';
import type { Engine } from '../../../src/engine/port.ts';
import { append } from '../append.ts';
import type { EngineSubject, MakeSubject } from './subject.ts';

/** What every object store must do, and `admin` with it. */
export function objectsContract(make: MakeSubject): void {
  describe('artifacts', () => {
    let subject: EngineSubject;
    let engine: Engine;

    beforeEach(async () => {
      subject = await make();
      engine = subject.open();
    });
    afterEach(() => subject.dispose());

    it('are not there at first', async () => {
      const digest = sha256Hex('nothing');
      expect(await engine.objects.get(digest, 7)).toBeUndefined();
      expect(await engine.objects.has(digest)).toBe(false);
      await engine.admin.remove(digest);
    });

    it.each([0, 1, 65_535, 65_536, 65_537, 1_048_576, 3_000_000])(
      'keep %i bytes exactly, for every installation',
      async (size) => {
        const bytes = Buffer.alloc(size, 'x\u0000ÿ');
        const digest = await engine.objects.put(bytes);
        expect(digest).toBe(sha256Hex(bytes));
        const other = subject.open();
        expect(await other.objects.has(digest)).toBe(true);
        expect(Buffer.compare((await other.objects.get(digest, size)) as Uint8Array, bytes)).toBe(0);
      },
    );

    it.each([
      ['small', 100],
      ['large', 100_000],
    ])('are CORRUPT when the size is another than was signed: %s', async (_, size) => {
      const digest = await engine.objects.put(Buffer.alloc(size, 'x'));
      for (const wrong of [0, size - 1, size + 1, 70_000])
        await expect(engine.objects.get(digest, wrong)).rejects.toMatchObject({ code: 'CORRUPT' });
    });

    it('are taken again and again, also at once', async () => {
      const bytes = Buffer.from('again');
      const digests = await Promise.all(Array.from({ length: 16 }, () => subject.open().objects.put(bytes)));
      expect(new Set(digests)).toEqual(new Set([sha256Hex(bytes)]));
      expect(await engine.objects.get(sha256Hex(bytes), 5)).toEqual(bytes);
    });

    it.each([
      ['other bytes', (bytes: Buffer) => Buffer.concat([bytes.subarray(1), Buffer.from('!')])],
      ['fewer', (bytes: Buffer) => bytes.subarray(1)],
      ['more', (bytes: Buffer) => Buffer.concat([bytes, bytes])],
      ['none', () => Buffer.alloc(0)],
    ])('with %s than the address says are never returned, and a put repairs them', async (_, damage) => {
      for (const bytes of [Buffer.from('original'), Buffer.alloc(200_000, 'large')]) {
        const digest = await engine.objects.put(bytes);
        await subject.damageObject(digest, damage(bytes));
        await expect(engine.objects.get(digest, bytes.length)).rejects.toSatisfy(
          (error) => isStoreError(error, 'CORRUPT') && error.message.includes(digest) && error.hint !== '',
        );
        expect(await engine.objects.has(digest)).toBe(true);
        expect(await engine.objects.put(bytes)).toBe(digest);
        expect(await engine.objects.get(digest, bytes.length)).toEqual(bytes);
      }
    });

    it('that are damaged are repaired by the commit that brings them again', async () => {
      const bytes = Buffer.from('original');
      const digest = await engine.objects.put(bytes);
      await subject.damageObject(digest, Buffer.from('forged!!'));
      await append(engine, 0, 'a', [engine.objects.begin(bytes, { durablyNamed: true })]);
      expect(await engine.objects.get(digest, bytes.length)).toEqual(bytes);
    });

    it('can be removed, and put again afterwards', async () => {
      const bytes = Buffer.from('come and gone');
      const digest = await engine.objects.put(bytes);
      await engine.admin.remove(digest);
      await engine.admin.remove(digest);
      expect(await engine.objects.get(digest, bytes.length)).toBeUndefined();
      expect(await engine.objects.has(digest)).toBe(false);
      await engine.objects.put(bytes);
      expect(await subject.open().objects.has(digest)).toBe(true);
    });

    it('share no memory with their callers', async () => {
      const bytes = Buffer.from('before');
      const digest = await engine.objects.put(bytes);
      bytes.write('AFTER!');
      const first = await engine.objects.get(digest, 6);
      expect(Buffer.from(first ?? []).toString()).toBe('before');
      first?.fill(0);
      expect(Buffer.from((await engine.objects.get(digest, 6)) ?? []).toString()).toBe('before');
    });

    it('are listed with their sizes when they are older than a time', async () => {
      const [old, young] = [
        await engine.objects.put(Buffer.from('old')),
        await engine.objects.put(Buffer.from('young')),
      ];
      await subject.ageObject(old);
      const listed = async (olderThan: Date) => {
        const found: string[] = [];
        for await (const { digest, size } of engine.admin.objects(olderThan)) found.push(`${digest} ${size}`);
        return found.sort();
      };
      expect(await listed(new Date(Date.now() - 86_400_000))).toEqual([`${old} 3`]);
      expect(await listed(new Date(Date.now() + 60_000))).toEqual([`${old} 3`, `${young} 5`].sort());
      expect(await listed(new Date(0))).toEqual([]);
    });
  });
}
