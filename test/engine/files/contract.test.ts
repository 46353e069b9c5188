import { chmodSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { realDisk } from '../../../src/disk/disk.ts';
import { Durable } from '../../../src/disk/durable.ts';
import { commitPath, objectPath } from '../../../src/engine/files/layout.ts';
import { engineContract } from '../contract/engine-contract.ts';
import { makeStorageFolder } from './storage-folder.ts';

engineContract('files', async () => {
  const { layout, gates, open, dispose } = await makeStorageFolder();
  return {
    open: () => open(),
    openLosingAnAnswer: () => {
      let lost = false;
      return open(
        new Durable({
          ...realDisk,
          link: (from, to) => {
            realDisk.link(from, to);
            if (lost) return;
            lost = true;
            throw Object.assign(new Error('EEXIST: as NFS answers a repeated request'), { code: 'EEXIST' });
          },
        }),
      );
    },
    damageObject: async (digest, bytes) => {
      const path = join(layout.objects, objectPath(digest));
      chmodSync(path, 0o644);
      writeFileSync(path, bytes);
    },
    placeEntry: async (index, bytes) => {
      const path = join(layout.log, commitPath(index));
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, bytes);
    },
    ageObject: async (digest) => {
      const then = new Date(Date.now() - 2 * 86_400_000);
      utimesSync(join(layout.objects, objectPath(digest)), then, then);
    },
    remote: ['files', layout.root, gates],
    dispose,
  };
});
