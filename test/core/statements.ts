import fc from 'fast-check';
import { type Change, type KeyChange, type Statement, subjectOf } from '../../src/core/commit/statement.ts';

const hex = fc.stringMatching(/^[0-9a-f]{64}$/);
const segment = fc.stringMatching(/^[a-z0-9][a-z0-9._-]{0,12}$/);
const name = fc.array(segment, { minLength: 1, maxLength: 4 }).map((segments) => segments.join('/'));
const text = (maxLength: number) =>
  fc.string({ unit: 'binary', maxLength }).filter((chars) => chars.isWellFormed() && chars.length <= maxLength);
const natural = fc.nat();
const config = {
  name,
  version: fc.integer({ min: 1, max: 1e9 }),
  size: natural,
  mediaType: fc.constantFrom('application/json', 'text/plain'),
};

const change: fc.Arbitrary<Change> = fc.oneof(
  fc.record({ action: fc.constantFrom('put' as const, 'delete' as const), digest: hex, ...config }),
  fc.record({
    action: fc.constant('restore' as const),
    digest: hex,
    ...config,
    restoredFrom: fc.integer({ min: 1, max: 99 }),
  }),
  fc.record({ action: fc.constant('purge' as const), digest: hex, reason: text(20), size: natural }),
);

const keyChange: fc.Arbitrary<KeyChange> = fc.oneof(
  fc.record({
    action: fc.constant('add' as const),
    keyId: hex,
    label: text(20),
    role: fc.constantFrom('owner' as const, 'writer' as const),
    spki: fc.base64String({ maxLength: 60 }),
  }),
  fc.record({ action: fc.constant('retire' as const), keyId: hex }),
  fc.record({ action: fc.constant('revoke' as const), keyId: hex, fromIndex: natural, reason: text(20) }),
  fc.record({ action: fc.constant('accept' as const), index: natural, commit: hex, reason: text(20) }),
);

/** Statements that keep to every rule. */
export const statements: fc.Arbitrary<Statement> = fc
  .record({
    index: natural,
    store: hex,
    previous: hex,
    keyring: natural,
    time: fc
      .date({ min: new Date('2000-01-01T00:00:00Z'), max: new Date('2100-01-01T00:00:00Z'), noInvalidDate: true })
      .map((date) => date.toISOString()),
    author: fc.record({ name: text(20), version: text(10), via: fc.constantFrom('mcp' as const, 'cli' as const) }),
    message: text(40),
    changes: fc.uniqueArray(change, { maxLength: 4, selector: (entry) => subjectOf(entry).name }),
    keys: fc.array(keyChange, { maxLength: 2 }),
  })
  .map(({ index, ...rest }) => ({
    ...rest,
    index,
    previous: index === 0 ? null : rest.previous,
    keyring: index === 0 ? null : rest.keyring,
  }));

/** The statement of the blueprint's example. */
export const example: Statement = {
  index: 42,
  store: 'a'.repeat(64),
  previous: 'b'.repeat(64),
  keyring: 17,
  time: '2026-11-20T00:00:00.000Z',
  author: { name: 'claude-ai', version: '0.1.0', via: 'mcp' },
  message: 'add github server',
  changes: [
    {
      action: 'put',
      mediaType: 'application/json',
      name: 'claude-desktop/default',
      digest: 'c'.repeat(64),
      size: 1311,
      version: 7,
    },
  ],
  keys: [],
};
