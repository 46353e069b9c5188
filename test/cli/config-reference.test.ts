import { describe, expect, it } from 'vitest';
import {
  parseCount,
  parseExpectedVersion,
  parseReference,
  parseVersionReference,
} from '../../src/cli/input/config-reference.ts';
import { isStoreError } from '../../src/core/errors.ts';

function codeOf(action: () => unknown): string | undefined {
  try {
    action();
  } catch (error) {
    return isStoreError(error) ? error.code : 'another error';
  }
  return undefined;
}

describe('NAME@VERSION', () => {
  it('may leave the version out', () => {
    expect(parseReference('claude-desktop/default')).toEqual({ name: 'claude-desktop/default', version: undefined });
    expect(parseReference('a.b@12')).toEqual({ name: 'a.b', version: 12 });
  });

  it.each(['a@', 'a@0', 'a@-0', 'a@newest', 'a@commit:', 'a@commit:x', 'a@1.5', 'a@01', 'a@1@2', 'a@9007199254740992'])(
    'refuses the version of %s',
    (text) => {
      expect(codeOf(() => parseReference(text))).toBe('ARGUMENT_INVALID');
    },
  );

  it('may be a word, counted back, or the index of a commit', () => {
    expect(['a@latest', 'a@-1', 'a@commit:42', 'a@commit:0'].map((text) => parseReference(text).version)).toEqual([
      'latest',
      -1,
      'commit:42',
      'commit:0',
    ]);
  });

  it.each(['', '@1', 'A', 'a//b', '../a'])('refuses the name of %j', (text) => {
    expect(codeOf(() => parseReference(text))).toBe('NAME_INVALID');
  });

  it('must have a version where one is needed', () => {
    expect(codeOf(() => parseVersionReference('a'))).toBe('ARGUMENT_INVALID');
    expect(parseVersionReference('a@3')).toEqual({ name: 'a', version: 3 });
  });
});

describe('numbers of options', () => {
  it('are 0 or a version for --expected-version', () => {
    expect([parseExpectedVersion('0'), parseExpectedVersion('7')]).toEqual([0, 7]);
    expect(codeOf(() => parseExpectedVersion('seven'))).toBe('ARGUMENT_INVALID');
  });

  it('start at 1 for counts', () => {
    expect(parseCount('--limit')('20')).toBe(20);
    expect(codeOf(() => parseCount('--limit')('0'))).toBe('ARGUMENT_INVALID');
  });
});
