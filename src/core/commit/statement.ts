import { isUtf8 } from 'node:buffer';
import type { Hex } from '../digest.ts';
import { canonicalJson } from '../json/canonical-json.ts';
import { isConfigName } from '../name.ts';
import { broken, hex, list, natural, parseTime, positive, record, rule, text } from './statement-fields.ts';

/** `_type` of every statement: in-toto Statement v1. */
export const STATEMENT_TYPE = 'https://in-toto.io/Statement/v1';
/** `predicateType` of every statement of this store. */
export const PREDICATE_TYPE = 'urn:mcp-config-store:commit:v1';

/** Limits a statement must keep to; characters are UTF-16 code units. */
export const STATEMENT_LIMITS = { messageChars: 2_000, labelChars: 100, authorChars: 100, changes: 1_000 } as const;

/** Who says they made a change: a claim, never identity (the key is). */
export interface Author {
  readonly name: string;
  readonly version: string;
  readonly via: 'mcp' | 'cli';
}

/** A change of a config: adds one version. `delete` repeats media type, size and digest of what it deletes. */
export interface ConfigChange {
  readonly action: 'put' | 'restore' | 'delete';
  readonly name: string;
  readonly version: number;
  readonly size: number;
  readonly mediaType: string;
  /** Only with `restore`: the version whose artifact is the newest again. */
  readonly restoredFrom?: number;
}

/** Says that an artifact's bytes were removed, and why. */
export interface PurgeChange {
  readonly action: 'purge';
  readonly reason: string;
  readonly size: number;
}

export type Change = ConfigChange | PurgeChange;

export type Role = 'owner' | 'writer';

/** Entries of `keys`; see docs/design.md, Trust. */
export type KeyChange =
  | { readonly action: 'add'; readonly keyid: Hex; readonly label: string; readonly role: Role; readonly spki: string }
  | { readonly action: 'retire'; readonly keyid: Hex }
  | { readonly action: 'revoke'; readonly keyid: Hex; readonly fromIndex: number; readonly reason: string }
  | { readonly action: 'accept'; readonly index: number; readonly commit: Hex; readonly reason: string };

/** What is named: an artifact, a key or a commit, with its digest. */
export interface Subject {
  readonly name: string;
  readonly digest: Hex;
}

/** What one commit signs, in memory. `subjects[i]` belongs to `changes[i]`, then come those of `keys`, in order. */
export interface Statement {
  readonly index: number;
  readonly store: Hex;
  /** SHA-256 of the log file before; null at index 0. */
  readonly previous: Hex | null;
  /** Index of the newest key commit before this one; null at index 0. */
  readonly keyring: number | null;
  /** UTC, RFC 3339 with milliseconds and `Z`. */
  readonly time: string;
  readonly author: Author;
  readonly message: string;
  readonly changes: readonly Change[];
  readonly keys: readonly KeyChange[];
  readonly subjects: readonly Subject[];
}

/** The subject that belongs to a key entry. */
export function keySubject(key: KeyChange): Subject {
  return key.action === 'accept'
    ? { name: `log/${key.commit}`, digest: key.commit }
    : { name: `keys/${key.keyid}`, digest: key.keyid };
}

/** The one line of canonical JSON (RFC 8785) that is signed. */
export function encodeStatement(statement: Statement): string {
  const { subjects, ...predicate } = statement;
  return canonicalJson({
    _type: STATEMENT_TYPE,
    predicate,
    predicateType: PREDICATE_TYPE,
    subject: subjects.map(({ name, digest }) => ({ digest: { sha256: digest }, name })),
  });
}

/**
 * Reads a statement strictly: the text must be exactly what `encodeStatement` makes of it, so duplicate keys, white space,
 * unknown members and other number forms are all refused.
 *
 * @throws StoreError `CORRUPT` naming the rule that was broken.
 */
export function parseStatement(line: string): Statement {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (cause) {
    throw broken('it is not JSON', cause);
  }
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
  const statement: Statement = {
    index: natural(predicate['index'], 'index'),
    store: hex(predicate['store'], 'store'),
    previous: predicate['previous'] === null ? null : hex(predicate['previous'], 'previous'),
    keyring: predicate['keyring'] === null ? null : natural(predicate['keyring'], 'keyring'),
    time: parseTime(predicate['time']),
    author: parseAuthor(predicate['author']),
    message: text(predicate['message'], 'message', STATEMENT_LIMITS.messageChars),
    changes: list(predicate['changes'], 'changes').map(parseChange),
    keys: list(predicate['keys'], 'keys').map(parseKeyChange),
    subjects: list(outer['subject'], 'subject').map(parseSubject),
  };
  rule(statement.changes.length <= STATEMENT_LIMITS.changes, `more than ${STATEMENT_LIMITS.changes} changes`);
  checkSubjects(statement);
  rule((statement.index === 0) === (statement.previous === null), 'previous is null at index 0 and nowhere else');
  rule((statement.index === 0) === (statement.keyring === null), 'keyring is null at index 0 and nowhere else');
  rule(encodeStatement(statement) === line, 'it is not in canonical form');
  return statement;
}

/** As `parseStatement`, of an envelope's payload: bytes that are no UTF-8 must not pass for others that are. */
export function parsePayload(payload: Uint8Array): Statement {
  rule(isUtf8(payload), 'it is not UTF-8');
  return parseStatement(Buffer.from(payload.buffer, payload.byteOffset, payload.length).toString('utf8'));
}

function checkSubjects({ subjects, changes, keys }: Statement): void {
  rule(subjects.length === changes.length + keys.length, 'subjects do not match changes and keys');
  const names = new Set<string>();
  for (const [i, change] of changes.entries()) {
    const subject = subjects[i] as Subject;
    const expected = change.action === 'purge' ? `purge/${subject.digest}` : change.name;
    rule(subject.name === expected, `subject ${i} names something else than its change`);
    rule(!names.has(expected), `a name occurs twice: ${expected}`);
    names.add(expected);
  }
  for (const [i, key] of keys.entries()) {
    const subject = subjects[changes.length + i] as Subject;
    const expected = keySubject(key);
    rule(
      subject.name === expected.name && subject.digest === expected.digest,
      `subject ${changes.length + i} names something else than its key`,
    );
  }
}

function parseChange(value: unknown): Change {
  const action = (value as { action?: unknown } | null)?.action;
  if (action === 'purge') {
    const purge = record(value, 'purge', ['action', 'reason', 'size']);
    return {
      action,
      reason: text(purge['reason'], 'reason', STATEMENT_LIMITS.messageChars),
      size: natural(purge['size'], 'size'),
    };
  }
  rule(action === 'put' || action === 'restore' || action === 'delete', 'an unknown action');
  const fields = ['action', 'mediaType', 'name', 'size', 'version', ...(action === 'restore' ? ['restoredFrom'] : [])];
  const change = record(value, action, fields);
  rule(isConfigName(change['name']), 'a config name that is not one');
  return {
    action,
    name: change['name'],
    version: positive(change['version'], 'version'),
    size: natural(change['size'], 'size'),
    mediaType: text(change['mediaType'], 'mediaType', 255),
    ...(action === 'restore' ? { restoredFrom: positive(change['restoredFrom'], 'restoredFrom') } : {}),
  };
}

function parseKeyChange(value: unknown): KeyChange {
  const action = (value as { action?: unknown } | null)?.action;
  switch (action) {
    case 'add': {
      const key = record(value, action, ['action', 'keyid', 'label', 'role', 'spki']);
      const role = key['role'];
      rule(role === 'owner' || role === 'writer', 'an unknown role');
      return {
        action,
        keyid: hex(key['keyid'], 'keyid'),
        label: text(key['label'], 'label', STATEMENT_LIMITS.labelChars),
        role,
        spki: text(key['spki'], 'spki', 200),
      };
    }
    case 'retire':
      return { action, keyid: hex(record(value, action, ['action', 'keyid'])['keyid'], 'keyid') };
    case 'revoke': {
      const key = record(value, action, ['action', 'fromIndex', 'keyid', 'reason']);
      return {
        action,
        keyid: hex(key['keyid'], 'keyid'),
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
      throw broken('an unknown key action');
  }
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
  return { name, digest: hex(record(subject['digest'], 'digest', ['sha256'])['sha256'], 'digest') };
}
