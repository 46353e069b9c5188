import { expect, test } from 'vitest';
import { forgottenVolume } from '../../src/app/settings/forgotten-volume.ts';
import type { Mount } from '../../src/disk/volume/mount-point.ts';

const at = (name: string) => `/app/var/${name}`;
const paths = {
  root: '/app/var',
  storage: at('storage'),
  keys: at('keys'),
  state: at('state'),
  telemetry: at('telemetry'),
};
const volume = (name: string): Mount => ({
  point: '/app/var',
  root: `/var/lib/docker/volumes/${name}/_data`,
  type: 'ext4',
});
const inImage: Mount = { point: '/', root: '/', type: 'overlay' };
const memory: Mount = { point: '/app/var', root: '/', type: 'tmpfs' };
const NAMELESS = 'ab'.repeat(32);

test.each<[string, Record<string, Mount>, object | undefined]>([
  ['a volume with a name', {}, undefined],
  ['no volume at all', { storage: inImage, keys: inImage, state: inImage }, { severity: 'error' }],
  [
    'storage in the container',
    { storage: inImage },
    { severity: 'error', message: expect.stringContaining(at('storage')) },
  ],
  [
    'only the state in the container',
    { state: inImage },
    { severity: 'warning', message: expect.stringContaining(at('state')) },
  ],
  [
    'keys in memory',
    { keys: memory },
    { severity: 'warning', message: expect.stringContaining('/app/var/keys is in memory') },
  ],
  [
    'a volume that nobody named',
    { storage: volume(NAMELESS) },
    { severity: 'warning', message: expect.stringContaining('has no name') },
  ],
  [
    'one of Podman that nobody named',
    { storage: { ...volume(''), root: `/home/a/.local/share/containers/storage/volumes/${NAMELESS}/_data` } },
    { severity: 'warning' },
  ],
  ['telemetry in memory', { telemetry: memory }, undefined],
])('%s', (_, mounts, found) => {
  const mounted = (path: string) => mounts[path.slice('/app/var/'.length)] ?? volume('mcp-config-store');
  const said = forgottenVolume({ expectVolume: true, paths }, mounted);
  if (found === undefined) expect(said).toBeUndefined();
  else expect(said).toMatchObject(found);
  expect(forgottenVolume({ expectVolume: false, paths }, mounted)).toBeUndefined();
});
