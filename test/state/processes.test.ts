import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { sha256Hex } from '../../src/core/digest.ts';
import { PinFile } from '../../src/state/pin.ts';
import { StateFolder } from '../../src/state/state-folder.ts';
import { temporaryFolder } from '../telemetry/temporary-folder.ts';

const script = fileURLToPath(new URL('state-process.ts', import.meta.url));
const run = promisify(execFile);
const pinAt = (index: number) => ({ store: sha256Hex('store'), index, commit: sha256Hex(`commit ${index}`) });

it('of several processes at once one makes the secret, all have it, and the highest pin remains', async () => {
  const root = await temporaryFolder();
  const [path, keys] = [join(root, 'state'), join(root, 'keys')];
  mkdirSync(keys, { mode: 0o700 });
  writeFileSync(join(keys, 'pin.json'), JSON.stringify(pinAt(3)));
  const starts = [1, 5, 9, 13, 17, 100];
  const processes = Promise.all(
    starts.map((first) => run(process.execPath, [script, path, keys, String(first), '20'])),
  );
  const pins = new PinFile(new StateFolder(path), keys);
  const read: (number | string | undefined)[] = [];
  const watcher = setInterval(() => {
    const { pin, damaged } = pins.read();
    read.push(damaged ?? pin?.index);
  }, 1);
  const secrets = await processes.finally(() => clearInterval(watcher));
  expect(read.filter((index) => typeof index !== 'number' || index < 3)).toEqual([]);
  expect(new Set(secrets.map(({ stdout }) => stdout)).size).toBe(1);
  expect(secrets[0]?.stdout).toHaveLength(64);
  expect(pins.read()).toEqual({ pin: pinAt(119) });
  expect(readdirSync(path).sort()).toEqual(['.gitignore', 'draft-secret', 'pin.json']);
  expect(readdirSync(keys)).toEqual(['pin.json']);
});
