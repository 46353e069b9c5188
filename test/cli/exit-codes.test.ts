import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { EXIT_CODES, EXIT_MEANINGS, worstExitCode } from '../../src/cli/program/exit-codes.ts';

const ROOT = join(import.meta.dirname, '..', '..');

describe('the worst of several exit codes', () => {
  it('is what is broken or not genuine before what could not be done', () => {
    expect(worstExitCode([64, 1, 75])).toBe(1);
    expect(worstExitCode([66, 2])).toBe(2);
    expect(worstExitCode([4, 78])).toBe(78);
    expect(worstExitCode([0, 4])).toBe(4);
  });

  it('is 0 when all is fine', () => {
    expect(worstExitCode([])).toBe(0);
    expect(worstExitCode([0, 0])).toBe(0);
  });

  it('knows every code there is', () => {
    for (const code of Object.values(EXIT_CODES)) expect(worstExitCode([0, code])).toBe(code);
  });
});

describe('docs/errors.md', () => {
  // That EXIT_CODES has every code of src/errors.ts is its type.
  it('has a line for every error, with its exit code', async () => {
    const rows = (await rowsOf('docs/errors.md')).filter(([code]) => /^`[A-Z_]+`$/.test(code ?? ''));
    expect(rows.map(([code, exit]) => [code, exit])).toEqual(
      Object.entries(EXIT_CODES).map(([code, exit]) => [`\`${code}\``, `${exit}`]),
    );
    for (const [code, , meaning, action] of rows) expect(`${code} ${meaning} ${action}`).toMatch(/ \S.+ \S.+\.$/);
  });

  it('has a line for every exit code', async () => {
    const rows = (await rowsOf('docs/errors.md')).filter(([code]) => /^\d+$/.test(code ?? ''));
    expect(rows).toEqual(Object.entries(EXIT_MEANINGS).map(([code, meaning]) => [code, meaning]));
  });
});

async function rowsOf(path: string): Promise<string[][]> {
  const text = await readFile(join(ROOT, path), 'utf8');
  return text
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .map((line) =>
      line
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim()),
    );
}
