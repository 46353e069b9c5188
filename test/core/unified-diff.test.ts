import { applyPatch } from 'diff';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { countLines, unifiedDiff } from '../../src/core/content/unified-diff.ts';
import { propertyRuns } from '../property-runs.ts';

const texts = fc.array(fc.constantFrom('a', 'b', 'c', ''), { maxLength: 12 }).map((lines) => lines.join('\n'));

describe('unifiedDiff', () => {
  test('shows names, context and the lines', async () => {
    expect(await unifiedDiff('n@1', 'a\nb\nc\n', 'n@2', 'a\nB\nc\n')).toBe(
      '--- n@1\n+++ n@2\n@@ -1,3 +1,3 @@\n a\n-b\n+B\n c\n',
    );
    expect(await unifiedDiff('x', 'same', 'y', 'same')).toBe('');
  });

  test('says where the last line has no end', async () => {
    expect(await unifiedDiff('a', 'x', 'b', 'x\n')).toContain('\\ No newline at end of file');
  });

  test('patches the first text into the second', async () => {
    await fc.assert(
      fc.asyncProperty(texts, texts, async (before, after) => {
        const patch = await unifiedDiff('a', before, 'b', after);
        expect(patch === '' ? before : applyPatch(before, patch)).toBe(after);
      }),
      propertyRuns,
    );
  });

  test('falls back to one block when nearly everything differs, and still patches', async () => {
    const lines = (word: string) => Array.from({ length: 30_000 }, (_, i) => `${word} ${i}`);
    for (const end of ['', '\n']) {
      const before = ['same', ...lines('old'), 'tail'].join('\n') + end;
      const after = ['same', ...lines('new'), 'tail'].join('\n') + end;
      const patch = await unifiedDiff('a', before, 'b', after);
      expect(patch.match(/^@@/gm)).toHaveLength(1);
      expect(patch).toContain('@@ -1,30002 +1,30002 @@\n same\n-old 0\n');
      expect(applyPatch(before, patch)).toBe(after);
    }
  });
});

describe('countLines', () => {
  const counted = (before: string, after: string) => countLines(Buffer.from(before), Buffer.from(after));
  const shown = async (before: string, after: string) => {
    const lines = (await unifiedDiff('', before, '', after)).split('\n').slice(2);
    return {
      added: lines.filter((line) => line.startsWith('+')).length,
      removed: lines.filter((line) => line.startsWith('-')).length,
    };
  };

  test('counts what the diff shows', async () => {
    await fc.assert(
      fc.asyncProperty(texts, texts, async (before, after) => {
        expect(await counted(before, after)).toEqual(await shown(before, after));
      }),
      propertyRuns,
    );
    const lines = (word: string) => Array.from({ length: 3_000 }, (_, i) => `${word} ${i}\n`).join('');
    expect(await counted(`same\n${lines('old')}`, `same\n${lines('new')}end`)).toEqual({
      added: 3_001,
      removed: 3_000,
    });
  });

  test('counts nothing in what is no text', async () => {
    expect(await countLines(Buffer.from([0xff]), Buffer.from('a'))).toBeUndefined();
    expect(await counted('a\0', 'a')).toBeUndefined();
  });
});
