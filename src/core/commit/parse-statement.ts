import { isUtf8 } from 'node:buffer';
import type { Digest } from '../digest.ts';
import type { StoreError } from '../errors.ts';
import { isConfigName } from '../name.ts';
import {
  type Author,
  type Change,
  type KeyChange,
  keySubject,
  PREDICATE_TYPE,
  STATEMENT_LIMITS,
  STATEMENT_TYPE,
  type Statement,
  type Subject,
  subjectOf,
} from './statement.ts';
import { broken, hex, list, natural, newer, parseTime, positive, record, rule, text } from './statement-fields.ts';

/**
 * Reads a statement strictly: the text must be exactly what `encodeStatement` makes of what it says, so duplicate keys, white space,
 * unknown members and other number forms are all refused.
 *
 * @throws StoreError `CORRUPT` naming the rule that was broken; `STORE_NEWER` for what only a newer release writes.
 */
export function parseStatement(line: string): Statement {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (cause) {
    throw broken('it is not JSON', cause);
  }
  checkVersion(value);
  const outer = record(value, 'the statement', ['_type', 'predicate', 'predicateType', 'subject']);
  rule(outer['_type'] === STATEMENT_TYPE, '_type is another');
  rule(outer['predicateType'] === PREDICATE_TYPE, 'predicateType is another');
  const predicate = record(outer['predicate'], 'predicate', [
    'author',
    'changes',
    'index',
    'keyring',
    'keys',
    'message',
    'previous',
    'store',
    'time',
  ]);
  const changes = list(predicate['changes'], 'changes');
  rule(changes.length <= STATEMENT_LIMITS.changes, `more than ${STATEMENT_LIMITS.changes} changes`);
  const keyChanges = list(predicate['keys'], 'keys');
  rule(keyChanges.length <= STATEMENT_LIMITS.keyChanges, `more than ${STATEMENT_LIMITS.keyChanges} key changes`);
  const keys = keyChanges.map(parseKeyChange);
  const subjects = list(outer['subject'], 'subject').map(parseSubject);
  rule(subjects.length === changes.length + keys.length, 'subjects do not match changes and keys');
  const statement: Statement = {
    index: natural(predicate['index'], 'index'),
    store: hex(predicate['store'], 'store'),
    previous: predicate['previous'] === null ? null : hex(predicate['previous'], 'previous'),
    keyring: predicate['keyring'] === null ? null : natural(predicate['keyring'], 'keyring'),
    time: parseTime(predicate['time']),
    author: parseAuthor(predicate['author']),
    message: text(predicate['message'], 'message', STATEMENT_LIMITS.messageChars),
    changes: changes.map((change, i) => parseChange(change, (subjects[i] as Subject).digest.sha256)),
    keys,
  };
  checkSubjects(statement, subjects);
  rule((statement.index === 0) === (statement.previous === null), 'previous is null at index 0 and nowhere else');
  rule((statement.index === 0) === (statement.keyring === null), 'keyring is null at index 0 and nowhere else');
  // Of checked texts and natural numbers, ECMAScript's JSON with sorted members is that of RFC 8785 (3.2.2, 3.2.3).
  rule(hasSortedMembers(value) && JSON.stringify(value) === line, 'it is not in canonical form');
  return statement;
}

/** True when the members of each object stand in the order of RFC 8785. Of a parsed text they stand as they do there. */
function hasSortedMembers(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true;
  if (Array.isArray(value)) return value.every(hasSortedMembers);
  let before = '';
  for (const name in value) {
    if (name < before || !hasSortedMembers((value as Record<string, unknown>)[name])) return false;
    before = name;
  }
  return true;
}

/**
 * Rejects a statement of another version of the format as a newer release's, whatever else is in it.
 *
 * @throws StoreError STORE_NEWER
 */
function checkVersion(value: unknown): void {
  const type = (value as { predicateType?: unknown } | null)?.predicateType;
  const version =
    typeof type === 'string' ? /^urn:mcp-config-store:commit:v([1-9]\d{0,8})$/.exec(type)?.[1] : undefined;
  if (version !== undefined && version !== '1')
    throw newer(`its statement has version ${version}, and 1 is known here`);
}

/** Parses an envelope's payload like `parseStatement`: bytes that are no UTF-8 must not pass for others that are. */
export function parsePayload(payload: Uint8Array): Statement {
  rule(isUtf8(payload), 'it is not UTF-8');
  return parseStatement(Buffer.from(payload.buffer, payload.byteOffset, payload.length).toString('utf8'));
}

/** Checks that each subject names the object of its change or key, and that nothing is changed twice. */
function checkSubjects({ changes, keys }: Statement, subjects: readonly Subject[]): void {
  const expected = [...changes.map(subjectOf), ...keys.map(keySubject)];
  for (const [i, { name, digest }] of expected.entries()) {
    rule(
      subjects[i]?.name === name && subjects[i]?.digest.sha256 === digest.sha256,
      `subject ${i} names something else than its ${i < changes.length ? 'change' : 'key'}`,
    );
  }
  const names = new Set<string>();
  for (const { name } of expected.slice(0, changes.length)) {
    rule(!names.has(name), `a name occurs twice: ${name}`);
    names.add(name);
  }
}

function parseChange(value: unknown, digest: Digest): Change {
  const action = (value as { action?: unknown } | null)?.action;
  if (action === 'purge') {
    const purge = record(value, 'purge', ['action', 'reason', 'size']);
    return {
      action,
      digest,
      reason: text(purge['reason'], 'reason', STATEMENT_LIMITS.messageChars),
      size: natural(purge['size'], 'size'),
    };
  }
  if (action !== 'put' && action !== 'restore' && action !== 'delete') throw unknown('action', action);
  const fields = ['action', 'mediaType', 'name', 'size', 'version', ...(action === 'restore' ? ['restoredFrom'] : [])];
  const change = record(value, action, fields);
  rule(isConfigName(change['name']), 'a config name that is not one');
  return {
    action,
    name: change['name'],
    version: positive(change['version'], 'version'),
    digest,
    size: natural(change['size'], 'size'),
    mediaType: text(change['mediaType'], 'mediaType', 255),
    ...(action === 'restore' ? { restoredFrom: positive(change['restoredFrom'], 'restoredFrom') } : {}),
  };
}

/** Reads one entry of `keys` strictly. @throws StoreError CORRUPT, STORE_NEWER */
export function parseKeyChange(value: unknown): KeyChange {
  const action = (value as { action?: unknown } | null)?.action;
  switch (action) {
    case 'add': {
      const key = record(value, action, ['action', 'keyid', 'label', 'role', 'spki']);
      const role = key['role'];
      if (role !== 'owner' && role !== 'writer') throw unknown('role', role);
      return {
        action,
        keyId: hex(key['keyid'], 'keyid'),
        label: text(key['label'], 'label', STATEMENT_LIMITS.labelChars),
        role,
        spki: text(key['spki'], 'spki', 200),
      };
    }
    case 'retire':
      return { action, keyId: hex(record(value, action, ['action', 'keyid'])['keyid'], 'keyid') };
    case 'revoke': {
      const key = record(value, action, ['action', 'fromIndex', 'keyid', 'reason']);
      return {
        action,
        keyId: hex(key['keyid'], 'keyid'),
        fromIndex: natural(key['fromIndex'], 'fromIndex'),
        reason: text(key['reason'], 'reason', STATEMENT_LIMITS.messageChars),
      };
    }
    case 'accept': {
      const key = record(value, action, ['action', 'commit', 'index', 'reason']);
      return {
        action,
        index: natural(key['index'], 'index'),
        commit: hex(key['commit'], 'commit'),
        reason: text(key['reason'], 'reason', STATEMENT_LIMITS.messageChars),
      };
    }
    default:
      throw unknown('key action', action);
  }
}

/** Returns the error for a word this release does not know: a newer one wrote it. Anything but a word is damage. */
function unknown(what: string, value: unknown): StoreError {
  return typeof value === 'string' && /^[a-z][a-z-]{0,30}$/.test(value)
    ? newer(`it has the ${what} "${value}", which is not known here`)
    : broken(`an unknown ${what}`);
}

function parseAuthor(value: unknown): Author {
  const author = record(value, 'author', ['name', 'version', 'via']);
  const via = author['via'];
  rule(via === 'mcp' || via === 'cli', 'via is neither mcp nor cli');
  return {
    name: text(author['name'], 'author name', STATEMENT_LIMITS.authorChars),
    version: text(author['version'], 'author version', STATEMENT_LIMITS.authorChars),
    via,
  };
}

function parseSubject(value: unknown): Subject {
  const subject = record(value, 'subject', ['digest', 'name']);
  const name = subject['name'];
  rule(typeof name === 'string', 'a subject without a name');
  return { name, digest: { sha256: hex(record(subject['digest'], 'digest', ['sha256'])['sha256'], 'digest') } };
}
