import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type KeyChange, type Role, STATEMENT_LIMITS } from '../../src/core/commit/statement.ts';
import { type KeyCommit, KeyReplay } from '../../src/keys/key-replay.ts';
import { KEYRING_LIMITS, Keyring } from '../../src/keys/keyring.ts';
import { KeyFold } from '../../src/keys/keyring-fold.ts';
import { VoidCommits } from '../../src/keys/void-commits.ts';
import { propertyRuns } from '../property-runs.ts';
import { foldKeys } from './keyring-oracle.ts';

/** Key ids are short words here; the keyring only compares them. */
const NAMES = ['a', 'b', 'c', 'd', 'e', 'f'];
const add = (keyId: string, role: Role = 'owner'): KeyChange => ({
  action: 'add',
  keyId,
  label: `key ${keyId}`,
  role,
  spki: `spki of ${keyId}`,
});
const retire = (keyId: string): KeyChange => ({ action: 'retire', keyId });
const revoke = (keyId: string, fromIndex: number): KeyChange => ({ action: 'revoke', keyId, fromIndex, reason: '' });
const commit = (index: number, signer: string, ...keys: KeyChange[]): KeyCommit => ({
  index,
  commit: `commit ${index}`,
  signer,
  keys,
});
const GENESIS = commit(0, 'a', add('a'));

const names = fc.constantFrom(...NAMES);
const change = fc.oneof(
  fc.tuple(names, fc.constantFrom<Role>('owner', 'owner', 'owner', 'writer')).map(([name, role]) => add(name, role)),
  names.map(retire),
  fc.tuple(names, fc.nat(45)).map(([name, from]) => revoke(name, from)),
  { arbitrary: fc.tuple(names, fc.nat(45)).map(([name, from]) => revoke(name, from)), weight: 2 },
  fc.nat(9).map((index): KeyChange => ({ action: 'accept', index, commit: 'gone', reason: '' })),
);
/** Commits by any signer with any changes, with gaps between their indexes. */
const proposals = fc
  .array(fc.tuple(names, fc.array(change, { minLength: 1, maxLength: 4 }), fc.integer({ min: 1, max: 3 })), {
    maxLength: 16,
  })
  .map((list) => {
    let index = 0;
    return list.map(([signer, keys, step]) => {
      index += step;
      return commit(index, signer, ...keys);
    });
  });

function isLegal(keyring: Keyring, next: KeyCommit): boolean {
  return keyring.untrusted(next.signer, next.index) === undefined && keyring.refusal(next) === undefined;
}

const runs = { numRuns: propertyRuns.numRuns * 5 };

describe('the fold of the key commits', () => {
  it('is that of the plain definition after each commit, allowed or not', () => {
    fc.assert(
      fc.property(proposals, (proposed) => {
        let fold = KeyFold.of([]);
        const commits: KeyCommit[] = [];
        for (const next of [GENESIS, ...proposed]) {
          fold = fold.after(next);
          commits.push(next);
          const expected = [...foldKeys(commits).values()];
          expect(fold.entries).toEqual(expected);
          expect(KeyFold.of(commits).entries).toEqual(expected);
        }
      }),
      runs,
    );
  });

  it('is that of the plain definition where only allowed commits are taken', () => {
    fc.assert(
      fc.property(proposals, (proposed) => {
        let keyring = Keyring.empty.with(GENESIS);
        for (const next of proposed) {
          if (!isLegal(keyring, next)) continue;
          keyring = keyring.with(next);
        }
        const restored = Keyring.from(keyring.commits);
        const expected = [...foldKeys(keyring.commits).values()];
        for (const one of [keyring, restored])
          expect(one.list()).toMatchObject(expected.map(({ keyId, addedAt }) => ({ keyId, addedAt })));
        expect(restored.list()).toEqual(keyring.list());
        expect(restored.inForce()).toEqual(keyring.inForce());
        expect([restored.store, restored.newest]).toEqual([keyring.store, keyring.newest]);
        for (const name of NAMES)
          for (let index = 0; index < 50; index++)
            expect(restored.untrusted(name, index)).toBe(keyring.untrusted(name, index));
      }),
      runs,
    );
  });

  it('is that of the plain definition when every commit revokes', () => {
    const revocations = fc.array(fc.tuple(names, names, fc.nat(30), fc.option(names)), { maxLength: 24 });
    fc.assert(
      fc.property(revocations, (list) => {
        const commits = [
          GENESIS,
          commit(1, 'a', add('b'), add('c')),
          commit(2, 'b', add('d')),
          commit(3, 'c', add('e')),
        ];
        let fold = KeyFold.of(commits);
        for (const [signer, target, from, other] of list) {
          const index = commits.length;
          commits.push(commit(index, signer, revoke(target, from), ...(other === null ? [] : [retire(other)])));
          fold = fold.after(commits[index] as KeyCommit);
          expect(fold.entries).toEqual([...foldKeys(commits).values()]);
        }
      }),
      runs,
    );
  });

  it('leaves the state before a commit as it was', () => {
    const before = KeyFold.of([GENESIS, commit(1, 'a', add('b'))]);
    const entries = [...before.entries];
    before.after(commit(2, 'a', revoke('b', 1), add('c')));
    before.after(commit(2, 'b', revoke('a', 1)));
    expect([...before.entries]).toEqual(entries);
    expect(before.commits).toHaveLength(2);
  });
});

describe('the work of the keyring', () => {
  const [{ apply }, { with: replay }] = [KeyReplay.prototype, VoidCommits.prototype];
  /** How many commits were gone through: one by one, and in replays. */
  let applied = 0;
  beforeEach(() => {
    applied = 0;
    KeyReplay.prototype.apply = function (next) {
      applied++;
      return apply.call(this, next);
    };
    VoidCommits.prototype.with = function (revoked, last) {
      applied += last + 1;
      return replay.call(this, revoked, last);
    };
  });
  afterEach(() => {
    KeyReplay.prototype.apply = apply;
    VoidCommits.prototype.with = replay;
  });

  /** The keyring after all, each checked before it is taken. */
  function checkedAndTaken(commits: readonly KeyCommit[]): Keyring {
    let keyring = Keyring.empty;
    for (const next of commits) {
      expect(keyring.refusal(next)).toBeUndefined();
      keyring = keyring.with(next);
    }
    return keyring;
  }
  const many = (count: number, prefix: string) => Array.from({ length: count }, (_, i) => `${prefix}${i}`);
  function batches<T>(all: readonly T[], size: number): T[][] {
    return Array.from({ length: Math.ceil(all.length / size) }, (_, i) => all.slice(i * size, (i + 1) * size));
  }

  it('grows with the number of commits, not with its square, for a thousand keys added and revoked one by one', () => {
    const keys = many(999, 'key ');
    const adds = keys.map((key, i) => commit(i + 1, 'a', add(key)));
    const revokes = keys.map((key, i) => commit(i + 1_000, 'a', revoke(key, i + 1_000)));
    const commits = [GENESIS, ...adds, ...revokes];
    const keyring = checkedAndTaken(commits);
    expect(keyring.list()).toHaveLength(1_000);
    expect(keyring.inForce().map(({ keyId }) => keyId)).toEqual(['a']);
    expect(applied).toBeLessThanOrEqual(2 * commits.length);
  });

  it('does not grow with the revocations of keys that changed no keys', () => {
    const keys = many(960, 'key ');
    const commits = [
      GENESIS,
      ...batches(keys, 64).map((batch, i) => commit(i + 1, 'a', ...batch.map((key) => add(key)))),
    ];
    for (let round = 0; round < 20; round++)
      for (const batch of batches(keys, 64))
        commits.push(commit(commits.length, 'a', ...batch.map((key) => revoke(key, Math.max(0, 15 - round)))));
    const keyring = checkedAndTaken(commits);
    expect(applied).toBeLessThanOrEqual(2 * commits.length);
    expect(keyring.inForce().map(({ keyId }) => keyId)).toEqual(['a']);
  });

  it('is bounded where a thief revokes the same signer again and again', () => {
    let keyring = Keyring.empty.with(GENESIS).with(commit(1, 'a', add('b')));
    for (let index = 2; index < 40; index++) keyring = keyring.with(commit(index, 'b', add(`key ${index}`, 'writer')));
    let taken = 0;
    for (let index = 40; index < 400; index++) {
      const next = commit(index, 'a', revoke('b', 2 + ((index * 7) % 38)));
      if (keyring.refusal(next) !== undefined) continue;
      keyring = keyring.with(next);
      taken++;
    }
    expect(taken).toBe(KEYRING_LIMITS.reachingRevocations);
    expect(keyring.refusal(commit(400, 'a', revoke('b', 5)))).toContain('at most 128 revocations');
    expect(keyring.refusal(commit(400, 'a', add('c')))).toBeUndefined();
    expect(keyring.list()).toHaveLength(40);
  });

  it('is done for thousands of changes that a cache hands back', () => {
    const keys = many(999, 'key ');
    const commits = [GENESIS, ...keys.map((key, i) => commit(i + 1, 'a', add(key)))];
    for (let i = 0; i < 4_000; i++) commits.push(commit(1_000 + i, 'a', retire(`key ${i % 999}`)));
    expect(Keyring.from(commits).inForce()).toHaveLength(1);
    expect(applied).toBeLessThanOrEqual(2 * commits.length);
  });
});

describe('limits of the keyring', () => {
  const full = (extra: number) => {
    let keyring = Keyring.empty.with(GENESIS);
    let left = KEYRING_LIMITS.keys - 1 + extra;
    for (let index = 1; left > 0; index++) {
      const size = Math.min(left, STATEMENT_LIMITS.keyChanges);
      keyring = keyring.with(commit(index, 'a', ...Array.from({ length: size }, (_, i) => add(`${index}/${i}`))));
      left -= size;
    }
    return keyring;
  };

  it('lets in a thousand keys and refuses one more, and still retires and revokes', () => {
    const keyring = full(0);
    expect(keyring.list()).toHaveLength(KEYRING_LIMITS.keys);
    expect(keyring.refusal(commit(99, 'a', add('x')))).toBe('a store may have at most 1,000 keys');
    expect(keyring.refusal(commit(99, 'a', retire('1/0'), revoke('1/1', 50)))).toBeUndefined();
    expect(full(-1).refusal(commit(99, 'a', add('x')))).toBeUndefined();
    expect(full(-1).refusal(commit(99, 'a', add('x'), add('y')))).toContain('at most 1,000 keys');
  });

  it('counts a key again that is added after it was voided', () => {
    const before = full(-3).with(commit(90, '1/0', add('x')));
    const voided = before.with(commit(91, 'a', revoke('1/0', 90)));
    expect(voided.refusal(commit(92, 'a', add('x')))).toBeUndefined();
    expect(voided.with(commit(92, 'a', add('x'))).refusal(commit(93, 'a', add('y')))).toBeUndefined();
    expect(voided.refusal(commit(92, 'a', add('x'), add('y'), add('z')))).toContain('at most 1,000 keys');
  });

  it('lets a commit change 64 keys and no more, from the first commit on', () => {
    const adds = (count: number) => Array.from({ length: count }, (_, i) => add(`${i}`));
    const keyring = Keyring.empty.with(GENESIS);
    expect(keyring.refusal(commit(1, 'a', ...adds(64)))).toBeUndefined();
    expect(keyring.refusal(commit(1, 'a', ...adds(65)))).toContain('at most 64 keys, and this one changes 65');
    expect(Keyring.empty.refusal(commit(0, 'a', ...adds(65)))).toContain('at most 64 keys');
  });
});
