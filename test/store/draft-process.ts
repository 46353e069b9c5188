import { Durable } from '../../src/disk/durable.ts';
import { storageLayout } from '../../src/engine/files/layout.ts';
import { FileDrafts } from '../../src/store/drafts/drafts.ts';

// Saves one draft `count` times, and prints the revision of each.
const [root = '', name = '', writer = '', count = '0'] = process.argv.slice(2);
const drafts = new FileDrafts(storageLayout(root), new Durable(), {
  now: () => new Date(),
  prepare: async () => undefined,
});
for (let i = 0; i < Number(count); i++) {
  const bytes = Buffer.from(`${writer} ${i}`);
  const { revision } = await drafts.save({
    name,
    bytes,
    mediaType: 'text/plain',
    message: '',
    author: { name: writer, version: '1', via: 'cli' },
    baseVersion: 0,
  });
  process.stdout.write(`${revision}\n`);
}
