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
      hint: expect.stringContaining('--var'),
    });
  });

  it("that is this user's own is mended by its mode", () => {
    const own = join(folder, 'own');
    mkdirSync(own);
    expect(fileFault(denied(), join(own, 'storage'), 'open').hint).toBe(`Mend it with: chmod -R u+rwX ${own}`);
  });

  it("that is the system's is not to be given away", (context) => {
    if (process.getuid?.() !== 0) return context.skip('only root can become another user');
    const asUser = join(import.meta.dirname, '../cli/command-as-user.ts');
    const { stderr } = spawnSync(process.execPath, [asUser, '65534', 'list', '--var', '/usr/config-store'], {
      encoding: 'utf8',
    });
    expect(stderr).toContain('STORE_UNREADABLE');
    expect(stderr).toContain('Name a folder that this user can write, with --var or CONFIG_STORE_VAR.');
    expect(stderr).not.toContain('chown');
  });
});
