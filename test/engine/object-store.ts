import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Hex, sha256Hex } from '../../src/core/digest.ts';
import { isStoreError } from '../../src/core/errors.ts';
import type { ObjectStore } from '../../src/engine/port.ts';

/** One fresh, empty object store of an implementation under test. */
export interface ObjectStoreSubject {
  /** Opens the same store once more, sharing no memory with the first where the implementation can. */
  open(): ObjectStore;
  /** Replaces what is kept under an address behind the store's back. */
  damage(digest: Hex, bytes: Uint8Array): Promise<void>;
  dispose(): Promise<void>;
}

/** What every implementation of `ObjectStore` must do. */
export function objectStoreContract(name: string, make: () => Promise<ObjectStoreSubject>): void {
  describe(`object store contract: ${name}`, () => {
    let subject: ObjectStoreSubject;
    let objects: ObjectStore;

    beforeEach(async () => {
      subject = await make();
      objects = subject.open();
    });
    afterEach(() => subject.dispose());

    it('has nothing at first', async () => {
      const digest = sha256Hex('nothing');
      expect(await objects.get(digest)).toBeUndefined();
      expect(await objects.has(digest)).toBe(false);
      await objects.remove(digest);
    });

    it.each([0, 1, 65_535, 65_536, 65_537, 3_000_000])('keeps %i bytes exactly, for everyone', async (size) => {
      const bytes = Buffer.alloc(size, 'x\u0000ÿ');
      const digest = await objects.put(bytes);
      expect(digest).toBe(sha256Hex(bytes));
      const other = subject.open();
      expect(await other.has(digest)).toBe(true);
      const read = await other.get(digest);
      expect(read !== undefined && Buffer.compare(read, bytes) === 0).toBe(true);
    });

    it('takes the same bytes again and again, also at once', async () => {
      const bytes = Buffer.from('again');
      const digests = await Promise.all(Array.from({ length: 16 }, () => subject.open().put(bytes)));
      expect(new Set(digests)).toEqual(new Set([sha256Hex(bytes)]));
      expect(Buffer.from((await objects.get(sha256Hex(bytes))) ?? []).toString()).toBe('again');
    });

    it.each([
      ['other bytes', Buffer.from('originaL')],
      ['fewer', Buffer.from('orig')],
      ['more', Buffer.from('original and more')],
      ['none', Buffer.alloc(0)],
    ])('never returns %s than the address asked for, and mends them on put', async (_, wrong) => {
      const bytes = Buffer.from('original');
      const digest = await objects.put(bytes);
      await subject.damage(digest, wrong);
      await expect(objects.get(digest)).rejects.toSatisfy(
        (error) => isStoreError(error, 'CORRUPT') && error.message.includes(digest) && error.hint !== '',
      );
      expect(await objects.put(bytes)).toBe(digest);
      expect(Buffer.from((await objects.get(digest)) ?? []).toString()).toBe('original');
    });

    it('removes, and takes the bytes anew afterwards', async () => {
      const bytes = Buffer.from('come and gone');
      const digest = await objects.put(bytes);
      await objects.remove(digest);
      expect(await objects.get(digest)).toBeUndefined();
      expect(await objects.has(digest)).toBe(false);
      await objects.put(bytes);
      expect(await subject.open().has(digest)).toBe(true);
    });

    it('does not share memory with its callers', async () => {
      const bytes = Buffer.from('before');
      const digest = await objects.put(bytes);
      bytes.write('AFTER!');
      const first = await objects.get(digest);
      expect(Buffer.from(first ?? []).toString()).toBe('before');
      first?.fill(0);
      expect(Buffer.from((await objects.get(digest)) ?? []).toString()).toBe('before');
    });
  });
}
