import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fileFault } from '../../src/disk/file-fault.ts';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'file-fault-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const denied = () => Object.assign(new Error('denied'), { code: 'EACCES' });

describe('a path without permission', () => {
  it('that is a file where a folder is needed is called one', () => {
    const file = join(folder, 'config.json');
    writeFileSync(file, '{}', { mode: 0o644 });
    expect(fileFault(denied(), file, 'write')).toMatchObject({
      code: 'STORE_UNREADABLE',
      message: `${file} is a file, where a folder is needed (EACCES)`,
      advice: [{ do: 'set', setting: 'CONFIG_STORE_VAR' }],
    });
  });

  it("that is this user's own is repaired by its mode", () => {
    const own = join(folder, 'own');
    mkdirSync(own);
    expect(fileFault(denied(), join(own, 'storage'), 'open').hint).toBe(`Repair it with: chmod -R u+rwX ${own}`);
  });

  it("that is the system's is not to be given away", (context) => {
    if (process.getuid?.() !== 0) return context.skip('only root can become another user');
    const script = `
      const { fileFault } = await import(process.argv[1]); // the clone may lie below a folder that others cannot enter
      process.setuid(65534);
      const { hint, advice } = fileFault(Object.assign(new Error('denied'), { code: 'EACCES' }), '/usr/config-store', 'write');
      console.log(JSON.stringify({ hint, advice }));`;
    const source = join(import.meta.dirname, '../../src/disk/file-fault.ts');
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script, source], { encoding: 'utf8' });
    expect(JSON.parse(stdout)).toEqual({
      hint: "That folder is the system's: name one that this user can write.",
      advice: [{ do: 'set', setting: 'CONFIG_STORE_VAR' }],
    });
  });
});
