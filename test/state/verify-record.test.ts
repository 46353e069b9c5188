import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { sha256Hex } from '../../src/core/digest.ts';
import { StateFolder } from '../../src/state/state-folder.ts';
import { type VerifyOutcome, VerifyRecord } from '../../src/state/verify-record.ts';
import { temporaryFolder } from '../telemetry/temporary-folder.ts';
import { WRONG_FILES } from './wrong-files.ts';

const outcome: VerifyOutcome = {
  time: '2026-11-20T10:00:00.000Z',
  ok: false,
  head: { index: 7, commit: sha256Hex('commit 7') },
  codes: ['CORRUPT', 'KEY_UNTRUSTED'],
};

let path: string;
let record: VerifyRecord;
beforeEach(async () => {
  path = join(await temporaryFolder(), 'state');
  record = new VerifyRecord(new StateFolder(path));
});

describe('the record of the last verification', () => {
  it('is none before the first, and comes back as it was written', async () => {
    expect(record.read()).toBeUndefined();
    await record.write(outcome);
    expect(record.read()).toEqual(outcome);
    const empty = { time: outcome.time, ok: true, head: undefined, codes: [] };
    await record.write(empty);
    expect(record.read()).toEqual(empty);
    expect(readdirSync(path).sort()).toEqual(['.gitignore', 'verify.json']);
  });

  it('names each code once', async () => {
    await record.write({ ...outcome, codes: Array.from({ length: 1_000 }, () => 'CORRUPT') });
    expect(record.read()?.codes).toEqual(['CORRUPT']);
  });

  const text = (changes: object) => JSON.stringify({ ...outcome, ...changes });
  it.each([
    ['empty', ''],
    ['not JSON', '{'],
    ['null', 'null'],
    ['of another time', text({ time: '2026-02-30T10:00:00.000Z' })],
    ['of a time that is no text', text({ time: 1 })],
    ['without a verdict', text({ ok: 'yes' })],
    ['of a head without a commit', text({ head: { index: 7 } })],
    ['of a head that is text', text({ head: 'seven' })],
    ['with codes that are none', text({ codes: ['\u001b[31m'] })],
    ['with too many codes', text({ codes: Array.from({ length: 33 }, () => 'CORRUPT') })],
  ])('that is damaged (%s) counts as none, and is written over', async (_, damaged) => {
    mkdirSync(path, { mode: 0o700 });
    writeFileSync(join(path, 'verify.json'), damaged);
    expect(record.read()).toBeUndefined();
    await record.write(outcome);
    expect(record.read()).toEqual(outcome);
  });

  it.each(Object.entries(WRONG_FILES))('is none where %s is in its place', (_, place) => {
    mkdirSync(path, { mode: 0o700 });
    writeFileSync(join(path, 'sound'), text({}));
    place(join(path, 'verify.json'), join(path, 'sound'));
    expect(record.read()).toBeUndefined();
  });
});
