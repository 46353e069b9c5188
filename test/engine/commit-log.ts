import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MAX_ENVELOPE_BYTES } from '../../src/core/commit/envelope.ts';
import { isStoreError } from '../../src/core/errors.ts';
import type { CommitLog } from '../../src/engine/port.ts';

/** One fresh, empty log of an implementation under test. */
export interface CommitLogSubject {
  /** Opens the same log once more, sharing no memory with the first where the implementation can. */
  open(): CommitLog;
  /** How `log-process.ts` opens it in another process; absent for an implementation that lives in one process. */
  readonly remote?: readonly [kind: string, location: string];
  dispose(): Promise<void>;
}

/** What every implementation of `CommitLog` must do; run as the body of a describe block. */
export function commitLogContract(name: string, make: () => Promise<CommitLogSubject>): void {
  describe(`commit log contract: ${name}`, () => {
    let subject: CommitLogSubject;
    let log: CommitLog;

    beforeEach(async () => {
      subject = await make();
      log = subject.open();
    });
    afterEach(() => subject.dispose());

    it('is empty at first', async () => {
      expect(await log.length()).toBe(0);
      expect(await log.read(0)).toBeUndefined();
    });

    it('returns exactly the bytes appended, to everyone', async () => {
      const envelopes = [Buffer.from('{"a":1}'), Buffer.from([0, 255, 10, 13]), Buffer.alloc(MAX_ENVELOPE_BYTES, 7)];
      for (const [index, envelope] of envelopes.entries()) expect(await log.append(index, envelope)).toBe('appended');
      const other = subject.open();
      expect(await other.length()).toBe(3);
      for (const [index, envelope] of envelopes.entries()) {
        const read = await other.read(index);
        expect(read !== undefined && Buffer.compare(read, envelope) === 0).toBe(true);
      }
      expect(await other.read(3)).toBeUndefined();
    });

    it('says conflict for a taken index and leaves what is there', async () => {
      expect(await log.append(0, Buffer.from('first'))).toBe('appended');
      expect(await subject.open().append(0, Buffer.from('second'))).toBe('conflict');
      expect(Buffer.from((await log.read(0)) ?? []).toString()).toBe('first');
      expect(await log.length()).toBe(1);
    });

    it('says conflict even for equal bytes: whose commit it is matters', async () => {
      expect(await log.append(0, Buffer.from('same'))).toBe('appended');
      expect(await log.append(0, Buffer.from('same'))).toBe('conflict');
    });

    it('refuses to leave a gap', async () => {
      await log.append(0, Buffer.from('0'));
      await expect(log.append(2, Buffer.from('2'))).rejects.toSatisfy((error) => isStoreError(error, 'CORRUPT'));
      expect(await log.read(2)).toBeUndefined();
      expect(await log.length()).toBe(1);
    });

    it('does not share memory with its callers', async () => {
      const envelope = Buffer.from('before');
      await log.append(0, envelope);
      envelope.write('AFTER!');
      const first = await log.read(0);
      expect(Buffer.from(first ?? []).toString()).toBe('before');
      first?.fill(0);
      expect(Buffer.from((await log.read(0)) ?? []).toString()).toBe('before');
    });

    it('lets one of many racing appends win each index', async () => {
      for (let index = 0; index < 20; index++) {
        const outcomes = await Promise.all(
          Array.from({ length: 8 }, (_, i) => subject.open().append(index, Buffer.from(`${index}:${i}`))),
        );
        expect(outcomes.filter((outcome) => outcome === 'appended')).toHaveLength(1);
        const winner = outcomes.indexOf('appended');
        expect(Buffer.from((await log.read(index)) ?? []).toString()).toBe(`${index}:${winner}`);
      }
      expect(await log.length()).toBe(20);
    });

    it('crosses the 1,000th commit without losing one', async () => {
      for (let index = 0; index < 1_003; index++)
        expect(await log.append(index, Buffer.from(String(index)))).toBe('appended');
      const other = subject.open();
      expect(await other.length()).toBe(1_003);
      for (const index of [0, 998, 999, 1_000, 1_001, 1_002]) {
        expect(Buffer.from((await other.read(index)) ?? []).toString()).toBe(String(index));
      }
    }, 60_000);

    it('keeps every append that four processes were told of, each in a place of its own', async (context) => {
      const { remote } = subject;
      if (remote === undefined) return context.skip('lives in one process');
      const answered = await Promise.all(['a', 'b', 'c', 'd'].map((writer) => raceProcess(remote, writer, 60)));
      const places = answered.flat();
      expect(places).toHaveLength(240);
      expect(new Set(places.map(({ index }) => index)).size).toBe(240);
      expect(await log.length()).toBe(240);
      for (const { index, envelope } of places)
        expect(Buffer.from((await log.read(index)) ?? []).toString()).toBe(envelope);
    }, 60_000);
  });
}

async function raceProcess(
  remote: readonly [string, string],
  writer: string,
  count: number,
): Promise<Array<{ index: number; envelope: string }>> {
  const script = fileURLToPath(new URL('log-process.ts', import.meta.url));
  const child = spawn(process.execPath, [script, ...remote, writer, String(count)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  const [code] = (await once(child, 'close')) as [number | null];
  expect(code).toBe(0);
  const lines = Buffer.concat(chunks).toString().trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as { index: number; envelope: string });
}
