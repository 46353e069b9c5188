import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { asCast, asLines, BEFORE, RECORDED_PICTURE, RECORDING, record } from '../../scripts/clients-recording.ts';
import { drawTerminal } from '../../scripts/terminal-picture.ts';

// util-linux's `script` gives a command a terminal of its own.
const installed = await promisify(execFile)('script', ['--version']).then(
  ({ stdout }) => stdout.includes('util-linux'),
  () => false,
);

/** Ids, times and keys are new each time. */
const masked = (text: string) =>
  text
    .replace(/\b\d{4}-\d\d-\d\dT[\d:.]+Z|\b\d{8}T\d{6}\.\d{3}Z/g, 'TIME')
    .replace(/\b(?:[0-9a-f]{12}|[0-9a-f]{16})\b/g, 'ID');
const title = (svg: string) => /<title>(.*)<\/title>/.exec(svg)?.[1] ?? '';
const shownIn = (cast: string) =>
  cast
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => (JSON.parse(line) as [number, string, string])[2])
    .join('');

// `node scripts/clients-recording.ts` records it again.
it.skipIf(!installed)(
  'import, put, plan, apply, drift and undo at a terminal end with the same bytes, and are what the recording shows',
  async () => {
    const recording = await record();
    expect(recording.after).toBe(BEFORE);
    const text = asLines(recording)
      .map((line) => line.text)
      .join('\n');
    // The token of the person, and the address that another program wrote, are never shown.
    expect(text.replace(/^\$ sed.*$/m, '')).not.toMatch(/Zk7pQ2mX9rLt4VnB8wYc|evil/);
    expect(masked(shownIn(await readFile(RECORDING, 'utf8')))).toBe(masked(shownIn(asCast(recording))));
    const picture = await readFile(RECORDED_PICTURE, 'utf8');
    expect(masked(picture)).toBe(masked(drawTerminal(asLines(recording), title(picture))));
  },
  180_000,
);
