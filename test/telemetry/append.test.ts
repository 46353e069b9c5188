import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { temporaryFolder } from './temporary-folder.ts';

const SLOW = process.env['SLOW'] === '1';
const PROCESSES = 4;
const EACH = SLOW ? 50_000 : 2_500;

test(`${PROCESSES} processes writing ${EACH} events each leave ${PROCESSES * EACH} whole lines`, async () => {
  const folder = await temporaryFolder();
  const writer = join(import.meta.dirname, 'write-events.ts');
  const run = promisify(execFile);
  await Promise.all(Array.from({ length: PROCESSES }, () => run(process.execPath, [writer, folder, String(EACH)])));

  const seen = new Map<number, number[]>();
  for (const file of (await readdir(folder)).sort()) {
    const text = await readFile(join(folder, file), 'utf8');
    expect(text.endsWith('\n')).toBe(true);
    for (const line of text.trimEnd().split('\n')) {
      const event = JSON.parse(line);
      const counted = seen.get(event['process.pid']) ?? [];
      counted.push(event.bytes_in);
      seen.set(event['process.pid'], counted);
    }
  }
  const inOrder = Array.from({ length: EACH }, (_, n) => n);
  expect(seen.size).toBe(PROCESSES);
  for (const counted of seen.values()) expect(counted).toEqual(inOrder);
}, 120_000);
