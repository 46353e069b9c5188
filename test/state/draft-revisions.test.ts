import { mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { sha256Hex } from '../../src/core/digest.ts';
import { DraftRevisionsFile } from '../../src/state/draft-revisions.ts';
import { StateFolder } from '../../src/state/state-folder.ts';
import { temporaryFolder } from '../telemetry/temporary-folder.ts';

const key = (name: string) => sha256Hex(name);

it('remembers the newest revision of each draft, and only the drafts that changed last', async () => {
  const path = join(await temporaryFolder(), 'state');
  const file = new DraftRevisionsFile(new StateFolder(path));
  expect(file.read()).toEqual(new Map());
  await file.note(key('a'), 3);
  await file.note(key('a'), 2);
  expect([...file.read()]).toEqual([[key('a'), 3]]);
  expect(statSync(join(path, 'draft-revisions.json')).mode & 0o777).toBe(0o600);
  for (let i = 0; i < 500; i++) await file.note(key(`b${i}`), 1);
  expect(file.read().size).toBe(500);
  expect(file.read().has(key('a'))).toBe(false);
});

it.each([
  ['no JSON', 'x'],
  ['another form', '[1]'],
  ['what is no revision', JSON.stringify({ [key('a')]: -1, [key('b')]: 'x', c: 1 })],
])('%s counts as nothing', async (_, text) => {
  const path = join(await temporaryFolder(), 'state');
  mkdirSync(path, { mode: 0o700 });
  writeFileSync(join(path, 'draft-revisions.json'), text);
  expect(new DraftRevisionsFile(new StateFolder(path)).read()).toEqual(new Map());
});

it('a link in its place is not followed', async () => {
  const root = await temporaryFolder();
  mkdirSync(join(root, 'state'), { mode: 0o700 });
  writeFileSync(join(root, 'outside'), JSON.stringify({ [key('a')]: 9 }));
  symlinkSync(join(root, 'outside'), join(root, 'state', 'draft-revisions.json'));
  expect(new DraftRevisionsFile(new StateFolder(join(root, 'state'))).read()).toEqual(new Map());
});
