import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parsePayload, parseStatement } from '../../src/core/commit/parse-statement.ts';
import { encodeStatement, type Statement } from '../../src/core/commit/statement.ts';
import { propertyRuns } from '../property-runs.ts';
import { example, statements } from './statements.ts';

const [a, b, c] = ['a', 'b', 'c'].map((digit) => digit.repeat(64));
const line = `{"_type":"https://in-toto.io/Statement/v1","predicate":{"author":{"name":"claude-ai","version":"0.1.0","via":"mcp"},"changes":[{"action":"put","mediaType":"application/json","name":"claude-desktop/default","size":1311,"version":7}],"index":42,"keyring":17,"keys":[],"message":"add github server","previous":"${b}","store":"${a}","time":"2026-11-20T00:00:00.000Z"},"predicateType":"urn:mcp-config-store:commit:v1","subject":[{"digest":{"sha256":"${c}"},"name":"claude-desktop/default"}]}`;

describe('statements', () => {
  test('are one line of canonical JSON in the form of the design', () => {
    expect(encodeStatement(example)).toBe(line);
    expect(parseStatement(line)).toEqual(example);
  });

  test('parse after encode is the identity, and so is encode after parse', () => {
    fc.assert(
      fc.property(statements, (statement) => {
        const text = encodeStatement(statement);
        expect(parseStatement(text)).toEqual(statement);
        expect(encodeStatement(parseStatement(text))).toBe(text);
      }),
      propertyRuns,
    );
  });

  test('are taken in one spelling only: what is read of a damaged line is encoded as that line, or it is refused', () => {
    const edit = fc.record({
      at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      cut: fc.nat(2),
      put: fc.constantFrom(
        '',
        ' ',
        '0',
        '-',
        '1',
        'e1',
        '.0',
        '"',
        '\\',
        '\\u0061',
        '\\/',
        ',',
        '"index":1,',
        '{',
        'a',
        'é',
      ),
    });
    fc.assert(
      fc.property(statements, fc.array(edit, { minLength: 1, maxLength: 2 }), (statement, edits) => {
        let text = encodeStatement(statement);
        for (const { at, cut, put } of edits) {
          const place = Math.floor(at * text.length);
          text = text.slice(0, place) + put + text.slice(place + cut);
        }
        let read: Statement;
        try {
          read = parseStatement(text);
        } catch {
          return;
        }
        expect(encodeStatement(read)).toBe(text);
      }),
      propertyRuns,
    );
  });

  test('are refused with the members of any of their objects in another order', () => {
    const value = JSON.parse(encodeStatement({ ...example, keys: [{ action: 'retire', keyId: 'd'.repeat(64) }] }));
    const { predicate, subject } = value;
    const objects = [value, predicate, predicate.author, predicate.changes[0], predicate.keys[0], subject[0]];
    for (const object of objects) {
      const [name = '', member] = Object.entries(object)[0] ?? [];
      delete object[name];
      object[name] = member; // the first is the last now
      expect(() => parseStatement(JSON.stringify(value))).toThrow(/not in canonical form/);
      const sorted = Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1));
      for (const [key, kept] of sorted) {
        delete object[key];
        object[key] = kept;
      }
      expect(parseStatement(JSON.stringify(value)).index).toBe(42);
    }
  });

  test.each([
    ['no JSON', (text: string) => text.slice(1)],
    ['white space', (text: string) => `${text}\n`],
    ['a duplicate key', (text: string) => text.replace('"index":42', '"index":42,"index":42')],
    ['a number in another form', (text: string) => text.replace('"index":42', '"index":4.2e1')],
    ['an escape that is not needed', (text: string) => text.replace('add github', '\\u0061dd github')],
    ['another order', (text: string) => text.replace('"index":42,"keyring":17', '"keyring":17,"index":42')],
    ['an unknown member', (text: string) => text.replace('"index":42', '"index":42,"indey":1')],
    ['a missing member', (text: string) => text.replace('"message":"add github server",', '')],
    ['another type', (text: string) => text.replace('Statement/v1', 'Statement/v2')],
    ['another predicate type', (text: string) => text.replace('commit:v1', 'commit:v01')],
    ['a negative index', (text: string) => text.replace('"index":42', '"index":-1')],
    ['version 0', (text: string) => text.replace('"version":7', '"version":0')],
    ['an unsafe integer', (text: string) => text.replace('"size":1311', '"size":9007199254740992')],
    ['a name that is none', (text: string) => text.replaceAll('claude-desktop/default', 'Claude')],
    [
      'a subject of something else',
      (text: string) => text.replace('"name":"claude-desktop/default"}]}', '"name":"other"}]}'),
    ],
    ['an action that is no word', (text: string) => text.replace('"put"', '7')],
    ['restoredFrom without restore', (text: string) => text.replace('"size":1311', '"restoredFrom":1,"size":1311')],
    ['another via', (text: string) => text.replace('"mcp"', '"web"')],
    ['an upper-case digest', (text: string) => text.replace('c'.repeat(64), 'C'.repeat(64))],
    ['a day that does not exist', (text: string) => text.replace('2026-11-20', '2026-02-30')],
    ['hour 24', (text: string) => text.replace('T00:00:00', 'T24:00:00')],
    ['a time with an offset', (text: string) => text.replace('.000Z', '.000+00:00')],
    ['null previous past index 0', (text: string) => text.replace(`"previous":"${'b'.repeat(64)}"`, '"previous":null')],
    ['null keyring past index 0', (text: string) => text.replace('"keyring":17', '"keyring":null')],
    ['previous at index 0', (text: string) => text.replace('"index":42', '"index":0')],
    ['a long message', (text: string) => text.replace('add github server', 'x'.repeat(2_001))],
    ['a lone surrogate', (text: string) => text.replace('add github', '\\ud800 github')],
    ['null for a change', (text: string) => text.replace(/"changes":\[\{.*?\}\]/, '"changes":[null]')],
    [
      'a subject too many',
      (text: string) => text.replace('"subject":[', `"subject":[{"digest":{"sha256":"${'c'.repeat(64)}"},"name":"x"},`),
    ],
    ['__proto__', (text: string) => text.replace('"_type"', '"__proto__":{},"_type"')],
    ['something else', () => '[]'],
  ])('refuse %s', (_, spoil) => {
    expect(spoil(line)).not.toBe(line);
    expect(() => parseStatement(spoil(line))).toThrow(expect.objectContaining({ code: 'CORRUPT' }));
  });

  test.each([
    ['a later version of the predicate', (text: string) => text.replace('commit:v1', 'commit:v2')],
    [
      'a later version with other members',
      (text: string) => text.replace('commit:v1', 'commit:v17').replace('"index":42', '"index":42,"more":[]'),
    ],
    ['an action of later', (text: string) => text.replace('"put"', '"move"')],
    [
      'a key action of later',
      (text: string) =>
        text
          .replace('"keys":[]', '"keys":[{"action":"lend"}]')
          .replace('"subject":[', `"subject":[{"digest":{"sha256":"${'d'.repeat(64)}"},"name":"keys/x"},`),
    ],
    [
      'a role of later',
      (text: string) =>
        text
          .replace(
            '"keys":[]',
            `"keys":[{"action":"add","keyid":"${'d'.repeat(64)}","label":"","role":"auditor","spki":""}]`,
          )
          .replace(
            '"subject":[',
            `"subject":[{"digest":{"sha256":"${'d'.repeat(64)}"},"name":"keys/${'d'.repeat(64)}"},`,
          ),
    ],
  ])('say that a newer release wrote %s', (_, change) => {
    expect(change(line)).not.toBe(line);
    expect(() => parseStatement(change(line))).toThrow(
      expect.objectContaining({ code: 'STORE_NEWER', message: expect.stringContaining('newer release') }),
    );
  });

  test('refuse a name that occurs twice, and more than 1,000 changes', () => {
    const commit = (count: number, name: (i: number) => string): Statement => ({
      ...example,
      changes: Array.from({ length: count }, (_, i) => ({
        action: 'put',
        mediaType: 'text/plain',
        name: name(i),
        digest: 'c'.repeat(64),
        size: 1,
        version: 1,
      })),
    });
    expect(() => parseStatement(encodeStatement(commit(2, () => 'same')))).toThrow(/occurs twice/);
    expect(() => parseStatement(encodeStatement(commit(1_001, (i) => `n${i}`)))).toThrow(/more than 1000/);
    expect(parseStatement(encodeStatement(commit(1_000, (i) => `n${i}`))).changes).toHaveLength(1_000);
  });

  test('refuse more than 64 changes of keys', () => {
    const commit = (count: number): Statement => ({
      ...example,
      keys: Array.from({ length: count }, (_, i) => ({
        action: 'retire',
        keyId: i.toString(16).padStart(64, '0'),
      })),
    });
    expect(() => parseStatement(encodeStatement(commit(65)))).toThrow(/more than 64 key changes/);
    expect(parseStatement(encodeStatement(commit(64))).keys).toHaveLength(64);
  });

  test('are UTF-8: bytes that only decode to the same text are refused', () => {
    const payload = Buffer.from(line.replace('add github server', 'add \ufffd server'));
    expect(parsePayload(payload).message).toBe('add \ufffd server');
    const at = payload.indexOf(Buffer.from('\ufffd'));
    const spoilt = Buffer.concat([payload.subarray(0, at), Buffer.of(0xff), payload.subarray(at + 3)]);
    expect(() => parsePayload(spoilt)).toThrow(/not UTF-8/);
  });
});
