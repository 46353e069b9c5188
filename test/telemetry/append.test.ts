import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { readEvents } from '../../src/telemetry/read/read-events.ts';
import { temporaryFolder } from './temporary-folder.ts';

const SLOW = process.env['SLOW'] === '1';
const PROCESSES = 4;
const EACH = SLOW ? 50_000 : 2_500;

test(`${PROCESSES} processes writing ${EACH} events each leave ${PROCESSES * EACH} whole lines`, async () => {
  const folder = await temporaryFolder();
  const writer = fileURLToPath(new URL('write-events.ts', import.meta.url));
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

test.skipIf(process.platform !== 'linux')(
  'a line that the disk cut short costs no line of another process',
  async () => {
    const folder = await temporaryFolder();
    const writer = fileURLToPath(new URL('write-events.ts', import.meta.url));
    const run = promisify(execFile);
    // The shell's limit on the size of a file ends a write in the middle of a line, as a full disk does.
    const limited = `ulimit -f 16; exec "$0" "$1" "$2" 500`;
    await expect(run('bash', ['-c', limited, process.execPath, writer, folder])).rejects.toMatchObject({ code: 1 });
    const [file = ''] = await readdir(folder);
    const torn = await readFile(join(folder, file), 'utf8');
    expect(torn).toHaveLength(16 * 1_024 - (Buffer.byteLength(torn) - torn.length));
    expect(torn.endsWith('\n')).toBe(false);
    const whole = torn.split('\n').length - 1;

    await run(process.execPath, [writer, folder, '20']);
    let read = 0;
    for await (const events of readEvents(folder, { sinceMs: 0, untilMs: Date.now() })) read += events.length;
    expect(read).toBe(whole + 20);
  },
);
