import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWorkplace, type Workplace } from './run-cli.ts';

const MAIN = join(import.meta.dirname, '..', '..', 'dist', 'main.js');
// util-linux's `script` gives a command a terminal of its own.
const SCRIPT = 'script';
const installed = await promisify(execFile)(SCRIPT, ['--version']).then(
  ({ stdout }) => stdout.includes('util-linux'),
  () => false,
);
const CTRL_C = '\u0003';
const CTRL_D = '\u0004';

let place: Workplace;
beforeAll(async () => {
  place = await createWorkplace();
  await place.run(['put', 'a/b', '-'], { stdin: 'one' });
  await place.run(['put', 'a/b', '-'], { stdin: 'two' });
});
afterAll(() => place.remove());

/** Runs a command on a terminal, and types `answer` once the prompt stands there. */
function answered(args: string, prompt: string, answer: string): Promise<{ code: number | null; shown: string }> {
  const child: ChildProcess = spawn(SCRIPT, ['-qec', `'${process.execPath}' '${MAIN}' ${args}`, '/dev/null'], {
    cwd: place.folder,
    env: { PATH: process.env['PATH'], HOME: place.folder, TERM: 'dumb', CONFIG_STORE_VAR: place.path('var') },
  });
  let shown = '';
  let isTyped = false;
  child.stdout?.on('data', (chunk: Buffer) => {
    shown += chunk.toString('utf8');
    if (isTyped || !shown.includes(prompt)) return;
    isTyped = true;
    child.stdin?.write(answer);
  });
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, shown })));
}

describe.skipIf(!installed)('at a prompt', () => {
  it.each([
    ['a question', `purge a/b@1 --reason "a token got in"`, '[y/N]'],
    ['a new passphrase', 'keys encrypt', 'assphrase'],
    ['a passphrase for a backup', 'backup --out store.age', 'assphrase'],
  ])('Ctrl-C and Ctrl-D end %s, and nothing was changed', async (_what, args, prompt) => {
    for (const key of [CTRL_C, CTRL_D]) {
      const { code, shown } = await answered(args, prompt, key);
      expect(shown).toContain('config-store: Cancelled; nothing was changed.');
      expect(code).toBe(130);
    }
    expect((await place.run(['get', 'a/b@1'])).stdout).toBe('one');
  });

  it('so does no', async () => {
    const { code, shown } = await answered(`purge a/b@1 --reason "a token got in"`, '[y/N]', 'n\r');
    expect(shown).toContain('Cancelled; nothing was changed.');
    expect(code).toBe(130);
  });
});

describe.skipIf(process.platform === 'win32')('a reader that goes away', () => {
  it('ends a listing quietly', async () => {
    const { code, stderr } = await new Promise<{ code: number | null; stderr: string }>((resolve) => {
      const child = spawn('sh', ['-c', `'${process.execPath}' '${MAIN}' log a/b | true; echo done`], {
        env: { PATH: process.env['PATH'], HOME: place.folder, CONFIG_STORE_VAR: place.path('var') },
      });
      let text = '';
      child.stderr.on('data', (chunk: Buffer) => {
        text += chunk.toString('utf8');
      });
      child.on('close', (closed) => resolve({ code: closed, stderr: text }));
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });
});
