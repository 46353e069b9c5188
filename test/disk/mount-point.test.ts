import { mkdtemp, realpath, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { mountOf } from '../../src/disk/volume/mount-point.ts';

const INFO = `21 1 0:20 / / ro,relatime - overlay overlay ro
30 21 0:30 / /nowhere/var rw - ext4 /dev/sda1 rw
31 21 0:31 / /nowhere/with\\040space rw - tmpfs tmpfs rw
`;

test.each([
  ['/nowhere/var', '/nowhere/var'],
  ['/nowhere/var/storage', '/nowhere/var'],
  ['/nowhere/variety', '/'],
  ['/nowhere', '/'],
  ['/nowhere/with space/keys', '/nowhere/with space'],
])('%s lies on %s', (path, point) => {
  expect(mountOf(path, INFO)).toMatchObject({ point });
});

test('follows a link, also to what is not there yet', async () => {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'mount-')));
  onTestFinished(() => rm(folder, { recursive: true }));
  await symlink(folder, join(folder, 'link'));
  const info = `1 1 0:1 / / rw - ext4 a rw\n2 1 0:2 / ${folder} rw - ext4 b rw\n`;
  expect(mountOf(join(folder, 'link', 'storage'), info)).toEqual({ point: folder, root: '/', type: 'ext4' });
});

test.runIf(process.platform === 'linux')('of this machine', () => {
  expect(mountOf('/')).toMatchObject({ point: '/' });
  expect(mountOf('/proc/self')).toMatchObject({ point: '/proc', type: 'proc' });
});
