import { openFilesEngine } from '../../src/engine/files/files-engine.ts';
import { DraftRules } from '../../src/store/drafts/drafts.ts';

// Saves one draft `count` times, and prints the revision of each.
const [storage = '', gates = '', name = '', writer = '', count = '0'] = process.argv.slice(2);
const engine = openFilesEngine({ storage, gates });
const drafts = new DraftRules(engine.drafts, {
  now: () => new Date(),
  prepare: async () => undefined,
  secret: async () => undefined,
  onFault: () => undefined,
  saved: () => undefined,
  discarded: () => undefined,
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
await engine.close();
