import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FilesEngine } from '../../../src/engine/files/files-engine.ts';
import type { StrayReach } from '../../../src/engine/port.ts';
import { append } from '../append.ts';
import { makeStorageFolder, type StorageFolder } from './storage-folder.ts';

let storage: StorageFolder;
let engine: FilesEngine;

beforeEach(async () => {
  storage = await makeStorageFolder();
  engine = storage.open();
  await append(engine, 0, '0');
});
afterEach(() => storage.dispose());

async function strays(reach: StrayReach = 'all'): Promise<string[]> {
  const found: string[] = [];
  for await (const { where } of engine.admin.strays(reach)) found.push(where);
  return found.sort();
}

function place(path: string, text = path): void {
  const at = join(storage.layout.root, path);
  mkdirSync(join(at, '..'), { recursive: true });
  writeFileSync(at, text);
}

describe('what is none of the store is found', () => {
  it('and the mark of a move is the store’s own', async () => {
    await engine.admin.setMoved('postgres://somewhere');
    expect(await strays()).toEqual([]);
    expect(await strays('newest')).toEqual([]);
  });

  it('in every folder, and never behind a link', async () => {
    const paths = ['copy', 'log/x', 'log/000/x', 'log/000/000/000000000 (1).json', 'drafts/x', 'objects/ab/x', 'a/b/c'];
    for (const path of paths) place(path);
    symlinkSync('/etc', join(storage.layout.root, 'link'));
    expect(await strays()).toEqual([...paths, 'link'].sort());
  });

  it('a thousand at most', async () => {
    for (let i = 0; i < 1_200; i++) place(`objects/ab/copy ${i}`, '');
    expect(await strays()).toHaveLength(1_000);
  });
});

describe('what is set aside', () => {
  it('stays, each as it was, where two paths differ in their separators alone', async () => {
    const paths = ['a/b', 'a-b', 'a b'];
    for (const path of paths) place(path);
    expect(await engine.admin.setAside(paths.map((where) => ({ where })))).toBe(3);
    const texts = readdirSync(storage.layout.quarantine).map((name) =>
      readFileSync(join(storage.layout.quarantine, name), 'utf8'),
    );
    expect(texts.sort()).toEqual([...paths].sort());
    expect(await strays()).toEqual([]);
  });

  it('may have a path that is longer than a name can be', async () => {
    const where = ['a', 'b', 'ü'].map((letter) => letter.repeat(120)).join('/');
    place(where, 'deep');
    expect(await engine.admin.setAside([{ where }])).toBe(1);
    expect(await strays('quarantine')).toHaveLength(1);
  });
});
