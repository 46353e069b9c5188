import { describe, expect, test } from 'vitest';
import { checkName, isConfigName } from '../../src/core/name.ts';

const longest = [...Array.from({ length: 3 }, () => 'a'.repeat(63)), 'a'.repeat(63)].join('/');

describe('config names', () => {
  test.each(['a', '0', 'claude-desktop/default', 'a.b_c-d', 'a/b/c/d/e/f/g/h', 'a..b', 'a'.repeat(63), longest])(
    '%s is one',
    (name) => {
      expect(checkName(name)).toBe(name);
    },
  );

  test.each([
    ['', 'nothing'],
    ['A', 'upper case'],
    ['.', 'a dot'],
    ['..', 'two dots'],
    ['a/../b', 'a parent'],
    ['/a', 'a leading slash'],
    ['a/', 'a trailing slash'],
    ['a//b', 'an empty segment'],
    ['-a', 'a leading hyphen'],
    ['a b', 'a space'],
    ['a\n', 'a line feed'],
    ['a@1', 'an at sign'],
    ['ä', 'a letter beyond ASCII'],
    ['a\0', 'a null'],
    ['a/b/c/d/e/f/g/h/i', 'nine segments'],
    ['a'.repeat(64), 'a long segment'],
    [`${longest}/a`, '257 characters'],
  ])('%j is none: %s', (name) => {
    expect(isConfigName(name)).toBe(false);
    expect(() => checkName(name)).toThrow(expect.objectContaining({ code: 'NAME_INVALID' }));
  });

  test('something else than text is none', () => {
    expect([undefined, null, 1, ['a']].map(isConfigName)).toEqual([false, false, false, false]);
  });

  test('a near name is proposed', () => {
    expect(() => checkName('Claude Desktop/Default')).toThrow(
      expect.objectContaining({ hint: expect.stringContaining('"claude-desktop/default"') }),
    );
  });

  test('a name with a version says where each belongs', () => {
    expect(() => checkName('claude-desktop/default@12')).toThrow(
      expect.objectContaining({ hint: 'Give the name as "claude-desktop/default" and the version, 12, by itself.' }),
    );
  });

  test('what may be a credential is not repeated', () => {
    try {
      checkName('sk-ant-API03-0123456789abcdefABCDEF');
      expect.unreachable();
    } catch (error) {
      expect(`${String(error)} ${(error as { hint: string }).hint}`).not.toMatch(/sk-ant|0123456789/i);
    }
  });
});
