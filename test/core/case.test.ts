import { expect, test } from 'vitest';
import { snakeCase } from '../../src/core/case.ts';

test('snakeCase renames members, drops undefined ones, and leaves content alone', () => {
  expect(
    snakeCase({
      keyId: 'k',
      nextCursor: undefined,
      list: [{ mediaType: 't', hasDraft: null }],
      changes: [{ op: 'add', path: '/mcpServers', after: { mcpServers: { aB: 1 } } }],
      json: { camelCase: 1 },
    }),
  ).toEqual({
    key_id: 'k',
    list: [{ media_type: 't', has_draft: null }],
    changes: [{ op: 'add', path: '/mcpServers', after: { mcpServers: { aB: 1 } } }],
    json: { camelCase: 1 },
  });
});
