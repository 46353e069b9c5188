import { expect, test } from 'vitest';
import { StoreError } from '../../src/core/errors.ts';
import { parseArguments } from '../../src/mcp/tool/arguments.ts';
import { TOOLS } from '../../src/mcp/tools/index.ts';

function refusal(tool: string, args: unknown): StoreError {
  const input = TOOLS.find(({ name }) => name === tool)?.input;
  if (input === undefined) throw new Error(`no tool ${tool}`);
  try {
    parseArguments(tool, input, args);
  } catch (error) {
    if (error instanceof StoreError) return error;
    throw error;
  }
  throw new Error('the arguments were taken');
}

test.each<[string, string, unknown, RegExp, RegExp, string | undefined]>([
  ['a missing argument', 'delete_config', {}, /"name" of delete_config is missing/, /Config name/, 'name'],
  ['no arguments at all', 'delete_config', undefined, /"name" of delete_config is missing/, /Config name/, 'name'],
  [
    'a wrong type',
    'get_config',
    { name: 5 },
    /"name" of get_config must be a string, not a whole number/,
    /Config name/,
    'name',
  ],
  [
    'a word where a version is due',
    'get_config',
    { name: 'a', version: 'newest' },
    /"version" of get_config must be a whole number, not text/,
    /Version/,
    'version',
  ],
  [
    'a word where a number is due',
    'list_configs',
    { limit: 'all' },
    /"limit" of list_configs must be a number, not text/,
    /200/,
    'limit',
  ],
  [
    'an object where a boolean is due',
    'list_configs',
    { include_deleted: {} },
    /"include_deleted" of list_configs must be true or false, not an object/,
    /a deletion/,
    'include_deleted',
  ],
  [
    'a number too small',
    'get_config',
    { name: 'a', version: 0 },
    /"version" of get_config must be at least 1/,
    /Version/,
    'version',
  ],
  [
    'a number too large',
    'get_config',
    { name: 'a', max_chars: 262_145 },
    /"max_chars" of get_config must be at most 262144/,
    /At most 262,144/,
    'max_chars',
  ],
  ['a fraction', 'list_configs', { limit: 1.5 }, /"limit" of list_configs must be a whole number/, /200/, 'limit'],
  [
    'a word out of a list',
    'verify_store',
    { depth: 'deep' },
    /"depth" of verify_store must be one of structure, signatures, bytes/,
    /structure, signatures/,
    'depth',
  ],
  [
    'camelCase',
    'get_config',
    { name: 'a', maxChars: 5 },
    /no argument "maxChars"/,
    /Did you mean "max_chars"\?/,
    'maxChars',
  ],
  ['an unknown argument', 'check_health', { verbose: true }, /no argument "verbose"/, /takes no arguments/, 'verbose'],
  [
    'an unknown argument among others',
    'discard_draft',
    { name: 'a', zzzzzzzz: 1 },
    /no argument "zzzzzzzz"/,
    /takes name\./,
    'zzzzzzzz',
  ],
  [
    'json as text',
    'put_config',
    { name: 'a', json: 'no JSON' },
    /"json" of put_config must be a JSON object or array, not text that is JSON of neither/,
    /not as a string/,
    'json',
  ],
  [
    'content that is no text',
    'put_config',
    { name: 'a', content: { a: 1 } },
    /"content" of put_config must be a string; send an object or array as json instead/,
    /byte for byte/,
    'content',
  ],
  [
    'json that is null',
    'put_config',
    { name: 'a', json: null },
    /"json" of put_config must be/,
    /object or array/,
    'json',
  ],
  [
    'a patch that is a list',
    'patch_config',
    { name: 'a', patch: [] },
    /"patch" of patch_config must be a JSON object, not a list/,
    /merge patch/,
    'patch',
  ],
  [
    'something wrong deep inside',
    'publish_drafts',
    { expected: [{ name: 'a' }] },
    /"expected\[0\]\.digest" of publish_drafts is missing/,
    /drafts must hold/,
    'expected[0].digest',
  ],
  [
    'something unknown deep inside',
    'publish_drafts',
    { expected: [{ name: 'a', digest: 'b', x: 1 }] },
    /expected\[0\] of publish_drafts has no argument "x"/,
    /takes/,
    'x',
  ],
])('%s is refused by name', (_what, tool, args, message, hint, argument) => {
  const error = refusal(tool, args);
  expect(error.code).toBe('ARGUMENT_INVALID');
  expect(error.message).toMatch(message);
  expect(error.hint).toMatch(hint);
  expect(error.details).toEqual({ argument });
});

test('arguments that are no object are refused', () => {
  expect(refusal('check_health', [])).toMatchObject({
    code: 'ARGUMENT_INVALID',
    message: 'the arguments of check_health are a list, not an object',
  });
});

test('a value is never repeated in the refusal', () => {
  const error = refusal('put_config', { name: { secret: 'ghp_hidden' }, content: 5 });
  expect(`${error.message} ${error.hint} ${JSON.stringify(error.details)}`).not.toContain('ghp_hidden');
});
