import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { openerOf, openFile } from '../../src/app/open-file.ts';

it.each([
  ['darwin', {}, 'open'],
  ['win32', {}, 'explorer.exe'],
  ['linux', { DISPLAY: ':0' }, 'xdg-open'],
  ['linux', { WAYLAND_DISPLAY: 'wayland-0' }, 'xdg-open'],
  ['linux', { WSL_DISTRO_NAME: 'Debian' }, 'wslview'],
  ['linux', {}, undefined],
] as const)('the opener on %s with %j is %s', (platform, environment, opener) => {
  expect(openerOf(platform, environment)).toBe(opener);
});

it.runIf(process.platform === 'linux')('opens a file by its path alone, and says where that did not work', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'open file-'));
  onTestFinished(async () => {
    vi.unstubAllEnvs();
    await rm(folder, { recursive: true });
  });
  const opener = join(folder, 'xdg-open');
  await writeFile(opener, `#!/bin/sh\nprintf '%s|' "$#" "$1" > '${folder}/asked'\nexit "$(cat '${folder}/code')"\n`);
  await chmod(opener, 0o755);
  vi.stubEnv('WSL_DISTRO_NAME', '');
  vi.stubEnv('DISPLAY', ':0');
  vi.stubEnv('PATH', `${folder}:${process.env['PATH']}`);
  const page = join(folder, 'a page; $(x).html');
  await writeFile(join(folder, 'code'), '0');
  expect(await openFile(page)).toBe(true);
  expect(await readFile(join(folder, 'asked'), 'utf8')).toBe(`1|${page}|`);
  await writeFile(join(folder, 'code'), '3');
  expect(await openFile(page)).toBe(false);
  vi.stubEnv('PATH', join(folder, 'none'));
  expect(await openFile(page)).toBe(false);
  vi.stubEnv('DISPLAY', '');
  expect(await openFile(page)).toBe(false);
});
