import { describe, expect, test } from 'vitest';
import { findings } from '../../src/policy/policy.ts';
import { candidate } from './candidates.ts';

const codes = async (sent: ReturnType<typeof candidate>) => {
  const { errors, warnings } = await findings({ ...sent, name: 'notes/x' });
  return { errors: errors.map(({ code }) => code), warnings: warnings.map(({ code, path }) => [code, path]) };
};

describe('remarks on content that is stored', () => {
  test('numbers that many readers round', async () => {
    expect(await codes(candidate('{"id": 1234567890123456789, "b": [1, -9223372036854775808]}'))).toEqual({
      errors: [],
      warnings: [
        ['NUMBER_ROUNDED', '/id'],
        ['NUMBER_ROUNDED', '/b/1'],
      ],
    });
  });

  test('characters that are not seen', async () => {
    expect(await codes(candidate('{\n"command": "np\u200bx"}'))).toEqual({
      errors: [],
      warnings: [['INVISIBLE_CHARACTER', 'line 2']],
    });
    expect((await codes(candidate('\ufeffplain 👩‍💻\r\n', { mediaType: 'text/plain' }))).warnings).toEqual([]);
  });

  test('content that is too large to be read as structure, and is searched all the same', async () => {
    const large = `a: 1\n${'# x\n'.repeat(70_000)}`;
    expect((await codes(candidate(large, { mediaType: 'text/yaml' }))).warnings).toEqual([
      ['NOT_READ_AS_STRUCTURE', ''],
    ]);
    expect((await codes(candidate(`${large}password: S3cr3tPw1\n`, { mediaType: 'text/yaml' }))).errors).toEqual([
      'SECRET_FOUND',
    ]);
    const escaped = `{"a":"\\u0067hp_${'aB3'.repeat(12)}","b":"${'x'.repeat(262_144)}"}`;
    expect((await codes(candidate(escaped))).errors).toEqual(['SECRET_FOUND']);
  });

  test('JSON with comments is called by its name', async () => {
    const { errors } = await findings(candidate('{\n  // used\n  "servers": {},\n}\n'));
    expect(errors[0]).toMatchObject({ code: 'CONTENT_INVALID', path: 'line 2' });
    expect(errors[0]?.message).toContain('application/jsonc');
    const broken = await findings(candidate('{\n  // used\n  "servers": {\n'));
    expect(broken.errors[0]?.message).not.toContain('jsonc');
  });
});
