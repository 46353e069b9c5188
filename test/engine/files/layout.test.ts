import { describe, expect, it } from 'vitest';
import {
  commitFolder,
  commitPath,
  draftFile,
  FAN_OUT,
  objectPath,
  parseCommitFile,
  parseDraftFile,
  storageLayout,
} from '../../../src/engine/files/layout.ts';

describe('the layout of the storage folder', () => {
  it('spells every path as the format says', () => {
    expect(storageLayout('/s')).toEqual({
      root: '/s',
      format: '/s/format',
      moved: '/s/moved',
      objects: '/s/objects',
      log: '/s/log',
      drafts: '/s/drafts',
      quarantine: '/s/quarantine',
      tmp: '/s/tmp',
    });
    expect(objectPath(`ab${'0'.repeat(62)}`)).toBe(`ab/ab${'0'.repeat(62)}`);
    expect(draftFile(12)).toBe('12.json');
    expect(FAN_OUT).toHaveLength(256);
    expect([FAN_OUT[0], FAN_OUT[255]]).toEqual(['00', 'ff']);
  });

  it.each([
    [0, '000/000', '000/000/000000000.json'],
    [42, '000/000', '000/000/000000042.json'],
    [999, '000/000', '000/000/000000999.json'],
    [1_000, '000/001', '000/001/000001000.json'],
    [999_999, '000/999', '000/999/000999999.json'],
    [1_234_567, '001/234', '001/234/001234567.json'],
    [999_999_999, '999/999', '999/999/999999999.json'],
  ])('puts commit %i into log/%s', (index, folder, path) => {
    expect(commitFolder(index)).toBe(folder);
    expect(commitPath(index)).toBe(path);
    expect(parseCommitFile(path.slice(8))).toBe(index);
  });

  it.each(['42.json', '000000042.json~', '0000000042.json', '.json', '00000004x.json'])(
    'does not take %s for a commit',
    (name) => {
      expect(parseCommitFile(name)).toBeUndefined();
    },
  );

  it.each(['0.json', '01.json', '-1.json', '1.JSON', '1e3.json', '9999999999999999.json'])(
    'does not take %s for a draft',
    (name) => {
      expect(parseDraftFile(name)).toBeUndefined();
    },
  );
});
