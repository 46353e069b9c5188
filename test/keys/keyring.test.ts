import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { KeyChange, Role } from '../../src/core/commit/statement.ts';
import { type Hex, sha256Hex } from '../../src/core/digest.ts';
import { Keyring } from '../../src/keys/keyring.ts';
import { propertyRuns } from '../property-runs.ts';

/** Keys and commits are named by short words here; the keyring only compares them. */
const ids = new Map<string, Hex>();
function id(name: string): Hex {
  const known = ids.get(name) ?? sha256Hex(name);
  ids.set(name, known);
  return known;
}
const add = (name: string, role: Role = 'owner'): KeyChange => ({
  action: 'add',
  keyId: id(name),
  label: name,
  role,
  spki: `spki of ${name}`,
});
const retire = (name: string): KeyChange => ({ action: 'retire', keyId: id(name) });
const revoke = (name: string, fromIndex: number): KeyChange => ({
  action: 'revoke',
  keyId: id(name),
  fromIndex,
  reason: 'stolen',
});
const accept = (index: number, commit: Hex): KeyChange => ({ action: 'accept', index, commit, reason: 'restored' });

type Step = readonly [index: number, signer: string, ...keys: KeyChange[]];
const commitOf = ([index, signer, ...keys]: Step) => ({
  index,
  commit: id(`commit ${index}`),
  signer: id(signer),
  keys,
});

/** The keyring that these commits make; each must be allowed when it comes. */
function ring(...steps: Step[]): Keyring {
  return steps.reduce((keyring, step) => {
    const commit = commitOf(step);
    const refusal =
      keyring.commits.length === 0
        ? undefined
        : (keyring.untrusted(commit.signer, commit.index) ?? keyring.refusal(commit));
    if (refusal !== undefined) throw new Error(`commit ${commit.index}: ${refusal}`);
    return keyring.with(commit);
  }, Keyring.empty);
}
const refusal = (keyring: Keyring, ...step: Step) => keyring.refusal(commitOf(step));
/** For each index, whether a commit there by this key is trusted: `+` or `-`. */
const trust = (keyring: Keyring, name: string, length: number) =>
  Array.from({ length }, (_, index) => (keyring.untrusted(id(name), index) === undefined ? '+' : '-')).join('');
const states = (keyring: Keyring) => keyring.list().map(({ label, state }) => `${label} ${state}`);

describe('the keyring', () => {
  it('begins with the owner that commit 0 adds, whose id is the store id', () => {
    expect(Keyring.empty.store).toBeUndefined();
    expect(Keyring.empty.newest).toBeNull();
    const keyring = ring([0, 'a', add('a')]);
    expect(keyring.store).toBe(id('a'));
    expect(trust(keyring, 'a', 4)).toBe('++++');
    expect(keyring.isOwnerAt(id('a'), 0)).toBe(true);
    expect(keyring.inForce().map(({ keyId }) => keyId)).toEqual([id('a')]);
  });

  it('trusts a key only after the commit that added it', () => {
    const keyring = ring([0, 'a', add('a')], [3, 'a', add('b', 'writer')]);
    expect(trust(keyring, 'b', 6)).toBe('----++');
    expect(keyring.untrusted(id('c'), 5)).toContain('never added');
    expect(keyring.newest).toBe(3);
  });

  it('knows owners from writers', () => {
    const keyring = ring([0, 'a', add('a')], [1, 'a', add('b', 'writer'), add('c')]);
    expect([keyring.isOwnerAt(id('b'), 2), keyring.isOwnerAt(id('c'), 2), keyring.isOwnerAt(id('c'), 1)]).toEqual([
      false,
      true,
      false,
    ]);
    expect(refusal(keyring, 2, 'b', add('d'))).toContain('only an owner');
    expect(refusal(keyring, 2, 'c', add('d'))).toBeUndefined();
  });

  it('lets a retired key sign up to the commit that retires it, and no further', () => {
    const keyring = ring([0, 'a', add('a')], [4, 'a', add('b'), retire('a')]);
    expect(trust(keyring, 'a', 7)).toBe('+++++--');
    expect(trust(keyring, 'b', 7)).toBe('-----++');
    expect(states(keyring)).toEqual(['a retired', 'b active']);
    expect(keyring.inForce().map(({ keyId }) => keyId)).toEqual([id('b')]);
    expect(refusal(keyring, 5, 'b', retire('a'))).toContain('not in force');
  });

  it('voids what a revoked key signed from an index on', () => {
    const keyring = ring([0, 'a', add('a')], [1, 'a', add('b', 'writer')], [6, 'a', revoke('b', 4)]);
    expect(trust(keyring, 'b', 8)).toBe('--++----');
    expect(states(keyring)).toEqual(['a active', 'b revoked']);
    expect(keyring.list()[1]).toMatchObject({ addedAt: 1, revokedFrom: 4 });
  });

  it('takes the lowest of several revocations, and one before a retirement', () => {
    const keyring = ring(
      [0, 'a', add('a')],
      [1, 'a', add('b', 'writer')],
      [5, 'a', retire('b')],
      [6, 'a', revoke('b', 4)],
      [7, 'a', revoke('b', 3)],
      [8, 'a', revoke('b', 5)],
    );
    expect(trust(keyring, 'b', 9)).toBe('--+------');
  });
});

describe('what follows from a voided commit', () => {
  it('a key that a stolen key added goes with it, and the keys that one added', () => {
    const keyring = ring(
      [0, 'a', add('a')],
      [1, 'a', add('b')],
      [3, 'b', add('thief')],
      [4, 'thief', add('crony', 'writer')],
      [7, 'a', revoke('b', 3)],
    );
    expect(trust(keyring, 'b', 9)).toBe('--+------');
    expect(trust(keyring, 'thief', 9)).toBe('---------');
    expect(trust(keyring, 'crony', 9)).toBe('---------');
    expect(keyring.inForce().map(({ keyId }) => keyId)).toEqual([id('a')]);
  });

  it('a retirement by the stolen key is undone', () => {
    const before = ring([0, 'a', add('a')], [1, 'a', add('b'), add('c')], [3, 'b', retire('c')]);
    expect(trust(before, 'c', 6)).toBe('--++--');
    const after = before.with(commitOf([5, 'a', revoke('b', 3)]));
    expect(trust(after, 'c', 6)).toBe('--++++');
  });

  it('a revocation by the stolen key is undone', () => {
    const keyring = ring(
      [0, 'a', add('a')],
      [1, 'a', add('b'), add('c')],
      [3, 'b', revoke('c', 2)],
      [5, 'a', revoke('b', 3)],
    );
    expect(trust(keyring, 'c', 6)).toBe('--++++');
    expect(states(keyring)).toEqual(['a active', 'b revoked', 'c active']);
  });

  it('of two owners that revoke each other the one who came first stays: the other may not sign any more', () => {
    const keyring = ring([0, 'a', add('a')], [1, 'a', add('b')], [4, 'b', revoke('a', 2)]);
    expect(keyring.untrusted(id('a'), 5)).toContain('revoked');
    expect(refusal(keyring, 5, 'a', revoke('b', 2))).toContain('only an owner');
  });

  it('the key that was voided may be added again by somebody who may', () => {
    const before = ring([0, 'a', add('a')], [1, 'a', add('b')], [3, 'b', add('c')], [5, 'a', revoke('b', 2)]);
    expect(before.untrusted(id('c'), 6)).toContain('added by a key that was revoked');
    const after = ring(
      [0, 'a', add('a')],
      [1, 'a', add('b')],
      [3, 'b', add('c')],
      [5, 'a', revoke('b', 2)],
      [6, 'a', add('c', 'writer')],
    );
    expect(trust(after, 'c', 9)).toBe('-------++');
    expect(after.isOwnerAt(id('c'), 8)).toBe(false);
  });

  it('an acceptance changes no key, and only an owner makes one', () => {
    const before = ring([0, 'a', add('a')], [1, 'a', add('b', 'writer')]);
    const accepted = accept(9, id('a commit that is gone'));
    expect(refusal(before, 3, 'b', accepted)).toContain('only an owner');
    const after = before.with(commitOf([3, 'a', accepted]));
    expect([after.newest, after.list()]).toEqual([3, before.list()]);
  });
});

describe('key changes that are refused', () => {
  const base = ring([0, 'a', add('a')], [1, 'a', add('b', 'writer')]);
  it.each<[string, Step, string]>([
    ['a key that is there', [2, 'a', add('b')], 'in the keyring already'],
    ['the same key twice', [2, 'a', add('c'), add('c')], 'named twice'],
    ['a key added and retired at once', [2, 'a', add('c'), retire('c')], 'named twice'],
    ['retiring a stranger', [2, 'a', retire('c')], 'not in the keyring'],
    ['revoking a stranger', [2, 'a', revoke('c', 0)], 'not in the keyring'],
    ['revoking from a commit to come', [2, 'a', revoke('b', 3)], 'not there yet'],
    ['a writer who changes keys', [2, 'b', retire('a')], 'only an owner'],
    ['a stranger who changes keys', [2, 'c', add('c')], 'only an owner'],
    ['retiring the last owner', [2, 'a', retire('a')], 'last owner'],
    ['retiring the last owner for a writer', [2, 'a', add('c', 'writer'), retire('a')], 'last owner'],
    ['revoking oneself from before', [2, 'a', add('c'), revoke('a', 1)], 'would void the commit that makes it'],
    [
      'revoking oneself from this very commit',
      [2, 'a', add('c'), revoke('a', 2)],
      'would void the commit that makes it',
    ],
  ])('%s', (_, step, reason) => {
    expect(refusal(base, ...step)).toContain(reason);
  });

  it('revoking the key one owes one’s own place to', () => {
    const keyring = ring([0, 'a', add('a')], [2, 'a', add('b')]);
    expect(refusal(keyring, 4, 'b', revoke('a', 2))).toContain('would void the commit that makes it');
    expect(refusal(keyring, 4, 'b', revoke('a', 3))).toBeUndefined();
  });

  it('adding a revoked key again', () => {
    const keyring = ring([0, 'a', add('a')], [1, 'a', add('b')], [3, 'a', revoke('b', 2)]);
    expect(refusal(keyring, 4, 'a', add('b'))).toContain('in the keyring already');
  });

  it('a voiding commit has no effect even where it got into the log', () => {
    const keyring = ring([0, 'a', add('a')]).with(commitOf([2, 'a', add('c'), revoke('a', 1)]));
    expect(trust(keyring, 'a', 4)).toBe('++++');
  });

  it('and the rotation of the only owner is allowed', () => {
    expect(refusal(base, 2, 'a', add('c'), retire('a'))).toBeUndefined();
  });
});

describe('any history of key changes', () => {
  const NAMES = ['a', 'b', 'c', 'd', 'e'];
  const change = fc.oneof(
    fc
      .tuple(fc.constantFrom(...NAMES), fc.constantFrom<Role>('owner', 'owner', 'writer'))
      .map(([name, role]) => add(name, role)),
    fc.constantFrom(...NAMES).map(retire),
    fc.tuple(fc.constantFrom(...NAMES), fc.nat(24)).map(([name, from]) => revoke(name, from)),
  );
  const proposals = fc.array(fc.tuple(fc.constantFrom(...NAMES), fc.array(change, { minLength: 1, maxLength: 3 })), {
    maxLength: 12,
  });

  /** Proposed commits, two indexes apart; those that are not allowed when they come are left out. */
  function grow(proposed: readonly (readonly [string, KeyChange[]])[]): { keyring: Keyring; steps: Step[] } {
    const steps: Step[] = [[0, 'a', add('a')]];
    let keyring = ring(...steps);
    for (const [signer, keys] of proposed) {
      const step: Step = [2 * steps.length, signer, ...keys];
      const commit = commitOf(step);
      if (keyring.untrusted(commit.signer, commit.index) !== undefined || keyring.refusal(commit) !== undefined)
        continue;
      keyring = keyring.with(commit);
      steps.push(step);
    }
    return { keyring, steps };
  }
  const LENGTH = 30;
  const places = NAMES.flatMap((name) => Array.from({ length: LENGTH }, (_, index) => ({ name, index })));
  const trusted = (keyring: Keyring) =>
    places.flatMap(({ name, index }) => (keyring.untrusted(id(name), index) === undefined ? [`${name}@${index}`] : []));

  it('leaves an owner in force, and commit 0 trusted unless its key is revoked from 0', () => {
    fc.assert(
      fc.property(proposals, (proposed) => {
        const { keyring } = grow(proposed);
        expect(keyring.inForce().some(({ role }) => role === 'owner')).toBe(true);
        expect(keyring.store).toBe(id('a'));
        const first = keyring.list()[0];
        expect(keyring.untrusted(id('a'), 0) === undefined).toBe(first?.revokedFrom !== 0);
      }),
      propertyRuns,
    );
  });

  it('is judged the same however it is reached', () => {
    fc.assert(
      fc.property(proposals, (proposed) => {
        const { keyring, steps } = grow(proposed);
        expect(trusted(ring(...steps))).toEqual(trusted(keyring));
      }),
      propertyRuns,
    );
  });

  /** One more revocation that is allowed, and the keyring before and after it; undefined where there is none like it. */
  const choice = fc.record({ signer: fc.nat(), target: fc.nat(), from: fc.nat() });
  function revokeOne(
    proposed: Parameters<typeof grow>[0],
    { signer, target, from }: { signer: number; target: number; from: number },
  ) {
    const { keyring, steps } = grow(proposed);
    const index = 2 * steps.length;
    const owners = keyring.inForce().filter(({ role }) => role === 'owner');
    const labels = keyring.list().map(({ label }) => label);
    const name = labels[target % labels.length] as string;
    const keys = [revoke(name, from % (index + 1))];
    const commit = { index, commit: id(`commit ${index}`), signer: owners[signer % owners.length]?.keyId as Hex, keys };
    fc.pre(keyring.refusal(commit) === undefined);
    return { keyring, steps, after: keyring.with(commit), name, from: from % (index + 1) };
  }

  it('a revocation makes nothing trusted but what it frees from a commit it voids', () => {
    fc.assert(
      fc.property(proposals, choice, (proposed, chosen) => {
        const { keyring, steps, after, name, from } = revokeOne(proposed, chosen);
        const kept = steps.filter(([at, by]) => after.untrusted(id(by), at) === undefined);
        const without = kept.reduce((ringOfKept, one) => ringOfKept.with(commitOf(one)), Keyring.empty);
        const before = new Set([...trusted(keyring), ...trusted(without)]);
        expect(trusted(after).filter((one) => !before.has(one))).toEqual([]);
        for (let at = from; at < LENGTH; at++) expect(after.untrusted(id(name), at), `${name}@${at}`).toBeDefined();
      }),
      propertyRuns,
    );
  });

  it('a revocation that voids no key commit only takes trust away', () => {
    fc.assert(
      fc.property(proposals, choice, (proposed, chosen) => {
        const { keyring, steps, after } = revokeOne(proposed, chosen);
        fc.pre(
          steps.every(
            ([at, by]) => (after.untrusted(id(by), at) === undefined) === (keyring.untrusted(id(by), at) === undefined),
          ),
        );
        const before = new Set(trusted(keyring));
        expect(trusted(after).filter((one) => !before.has(one))).toEqual([]);
      }),
      propertyRuns,
    );
  });
});
