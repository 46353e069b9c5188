import { generateKeyPairSync } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { encodeEnvelope, PAYLOAD_TYPE, parseEnvelope, preAuthEncoding } from '../../src/core/commit/envelope.ts';
import { encodeStatement, type KeyChange, type Statement } from '../../src/core/commit/statement.ts';
import { type Hex, sha256Hex } from '../../src/core/digest.ts';
import { isStoreError } from '../../src/core/errors.ts';
import { canonicalJson } from '../../src/core/json/canonical-json.ts';
import { keyIdOf, newSeed, spkiOf } from '../../src/keys/ed25519.ts';
import { Keyring } from '../../src/keys/keyring.ts';
import { type SigningKey, signingKeyOf } from '../../src/keys/signing-key.ts';
import { type CommitRecord, keyCommitOf, recordOf } from '../../src/store/commits/commit-record.ts';
import { type ExpectedPlace, startVerification, verifyStructure } from '../../src/store/commits/verify-commit.ts';

interface Sealed {
  readonly bytes: Uint8Array;
  readonly record: CommitRecord;
}

/** A log file of any statement, also of one that no writer would sign. */
function seal(said: Statement, key: SigningKey): Sealed {
  const bytes = signed(encodeStatement(said), key);
  return { bytes, record: recordOf(said.index, sha256Hex(bytes), key.keyId, said) };
}

let owner: SigningKey;
let writer: SigningKey;
let stranger: SigningKey;
let genesis: Sealed;
let added: Sealed;
let keyring: Keyring;

const addOf = (key: Pick<SigningKey, 'keyId' | 'spki'>, role: 'owner' | 'writer'): KeyChange => ({
  action: 'add',
  keyId: key.keyId,
  label: role,
  role,
  spki: key.spki,
});
const withKeys = (...keys: KeyChange[]) => ({ keys, changes: [] });

function statement(over: Partial<Statement>): Statement {
  return {
    index: 2,
    store: owner.keyId as Hex,
    previous: added.record.id,
    keyring: 1,
    time: '2026-11-20T00:00:00.000Z',
    author: { name: 'test', version: '1', via: 'cli' },
    message: '',
    changes: [{ action: 'put', name: 'a', version: 1, digest: sha256Hex('x'), size: 1, mediaType: 'text/plain' }],
    keys: [],
    ...over,
  };
}

beforeAll(async () => {
  [owner, writer, stranger] = [
    await signingKeyOf(newSeed()),
    await signingKeyOf(newSeed()),
    await signingKeyOf(newSeed()),
  ];
  const first = { index: 0, previous: null, keyring: null, store: owner.keyId as Hex };
  added = { record: { id: '' } } as typeof added; // statement() reads it before it is there
  genesis = seal(statement({ ...first, ...withKeys(addOf(owner, 'owner')) }), owner);
  added = seal(
    statement({ index: 1, previous: genesis.record.id, keyring: 0, ...withKeys(addOf(writer, 'writer')) }),
    owner,
  );
  keyring = Keyring.empty.with(keyCommitOf(genesis.record)).with(keyCommitOf(added.record));
});

const place = (): ExpectedPlace => ({ index: 2, previous: added.record.id, store: owner.keyId as Hex, keyring: 1 });
const sealed = (over: Partial<Statement> = {}, key = writer) => seal(statement(over), key).bytes;
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1');
/** A log file with this payload, signed by this key whatever it says. */
function signed(payload: string, key = writer): Uint8Array {
  const bytes = Buffer.from(payload);
  return encodeEnvelope({
    payload: bytes,
    keyId: key.keyId,
    signature: key.sign(preAuthEncoding(PAYLOAD_TYPE, bytes)),
  });
}

/** The error of each way to check: structure alone, and everything; `fine` where there is none. */
async function verdicts(
  bytes: Uint8Array,
  expected = place(),
  ring = keyring,
): Promise<Record<'structure' | 'whole', string>> {
  const verdict = async (check: () => unknown) => {
    try {
      await check();
      return 'fine';
    } catch (error) {
      if (!isStoreError(error)) throw error;
      expect(error.hint).not.toBe('');
      return `${error.code}: ${error.message}`;
    }
  };
  return {
    structure: await verdict(() => verifyStructure(bytes, expected, ring)),
    whole: await verdict(() => startVerification(bytes, expected, ring).signature),
  };
}
const all = (one: unknown) => ({ structure: one, whole: one });
const like = (code: string, why: string) => expect.stringMatching(new RegExp(`^${code}: .*${why}`));

describe('a sound commit', () => {
  it('passes every check, and gives the same record', async () => {
    const { bytes, record } = seal(statement({}), writer);
    expect(await verdicts(bytes)).toEqual(all('fine'));
    expect(startVerification(bytes, place(), keyring).record).toEqual(record);
    expect(verifyStructure(bytes, place(), keyring)).toEqual(record);
  });

  it('also as the first of a store, and as a change of keys', async () => {
    const first = { index: 0, previous: null, keyring: null };
    expect(await verdicts(genesis.bytes, first, Keyring.empty)).toEqual(all('fine'));
    const second = { index: 1, previous: genesis.record.id, keyring: 0, store: owner.keyId as Hex };
    expect(await verdicts(added.bytes, second, Keyring.empty.with(keyCommitOf(genesis.record)))).toEqual(all('fine'));
  });
});

describe('each rule has its own error', () => {
  it('size limit', async () => {
    expect(await verdicts(Buffer.alloc(1_048_577, 'x'))).toEqual(all(like('CORRUPT', 'over 1048576')));
  });

  it.each<[string, (envelope: string) => string]>([
    ['white space', (envelope) => envelope.replace('{"payload"', '{ "payload"')],
    ['a line feed behind', (envelope) => `${envelope}\n`],
    ['a byte order mark', (envelope) => `\u00ef\u00bb\u00bf${envelope}`],
    [
      'another order of members',
      (envelope) => envelope.replace(/\{("payload":"[^"]*"),("payloadType":"[^"]*"),/, '{$2,$1,'),
    ],
    ['one more member', (envelope) => envelope.replace(/\}$/, ',"x":1}')],
    ['a member twice', (envelope) => envelope.replace('{"payload":', '{"payload":"","payload":')],
    ['two signatures', (envelope) => envelope.replace(/\[(.*)\]/, '[$1,$1]')],
    ['no signature', (envelope) => envelope.replace(/\[.*\]/, '[]')],
    ['a payloadType of others', (envelope) => envelope.replace('application/vnd.in-toto+json', 'application/json')],
    ['an escaped character', (envelope) => envelope.replace('payloadType', 'payload\\u0054ype')],
    ['base64 of the URL', (envelope) => envelope.replace(/("sig":")../, '$1-_')],
    ['base64 without padding', (envelope) => envelope.replace('=="}', '"}')],
    ['base64 with bits to spare', (envelope) => envelope.replace(/.=="\}/, 'B=="}')],
    [
      'a keyid in upper case',
      (envelope) =>
        envelope.replace(/("keyid":")([0-9a-f]{64})/, (_, head: string, id: string) => head + id.toUpperCase()),
    ],
    ['nothing', () => ''],
  ])('the one form of the envelope: %s', async (_, change) => {
    const bytes = Buffer.from(change(text(sealed())), 'latin1');
    expect(bytes.equals(sealed())).toBe(false);
    expect(await verdicts(bytes)).toEqual(all(like('CORRUPT', '')));
  });

  it('the key is known', async () => {
    expect(await verdicts(sealed({}, stranger))).toEqual(all(like('KEY_UNTRUSTED', 'never added')));
  });

  it('the key is in force where it signs: before it was added, retired, revoked', async () => {
    const retire = keyring.with({
      index: 2,
      commit: sha256Hex('2'),
      signer: owner.keyId,
      keys: [{ action: 'retire', keyId: writer.keyId }],
    });
    const revoke = keyring.with({
      index: 2,
      commit: sha256Hex('2'),
      signer: owner.keyId,
      keys: [{ action: 'revoke', keyId: writer.keyId, fromIndex: 2, reason: '' }],
    });
    const at = (index: number) => ({ ...place(), index, keyring: 2 });
    const bytes = sealed({ index: 3, keyring: 2 });
    for (const [ring, why] of [
      [retire, 'was retired'],
      [revoke, 'is revoked'],
    ] as const)
      expect(await verdicts(bytes, at(3), ring)).toEqual({
        structure: 'fine',
        whole: like('KEY_UNTRUSTED', why),
      });
    const early = seal(statement({ index: 1, previous: genesis.record.id, keyring: 0 }), writer).bytes;
    const expected = { index: 1, previous: genesis.record.id, store: owner.keyId as Hex, keyring: 0 };
    expect(await verdicts(early, expected)).toMatchObject({ whole: like('KEY_UNTRUSTED', 'added only at 1') });
  });

  it('the signature, also when the keyId says somebody else', async () => {
    const { payload, signature } = parseEnvelope(sealed());
    for (const over of [
      { keyId: owner.keyId },
      { signature: Buffer.alloc(64) },
      { signature: Buffer.from(signature).reverse() },
    ])
      expect(await verdicts(encodeEnvelope({ payload, keyId: writer.keyId, signature, ...over }))).toEqual({
        structure: 'fine',
        whole: like('SIGNATURE_INVALID', 'does not verify'),
      });
  });

  it('the signature comes before what the payload says: a changed payload is not trusted to explain itself', async () => {
    const { signature, keyId } = parseEnvelope(sealed());
    for (const over of [{ index: 9 }, { store: sha256Hex('x') }, { previous: sha256Hex('x') }, { keyring: 0 }])
      expect(
        await verdicts(encodeEnvelope({ payload: Buffer.from(encodeStatement(statement(over))), keyId, signature })),
      ).toMatchObject({ whole: like('SIGNATURE_INVALID', '') });
    expect(await verdicts(encodeEnvelope({ payload: Buffer.from('no statement'), keyId, signature }))).toMatchObject({
      whole: like('SIGNATURE_INVALID', ''),
    });
  });

  it.each<[string, (line: string) => string]>([
    ['not JSON', () => 'hello'],
    ['white space', (line) => line.replace(':', ': ')],
    ['a key twice', (line) => line.replace('"index":2', '"index":2,"index":2')],
    ['another type', (line) => line.replace('Statement/v1', 'Statement/v2')],
    ['another predicate', (line) => line.replace('commit:v1', 'commit:x1')],
    ['a member more', (line) => line.replace('"index":2', '"index":2,"kind":"x"')],
    ['a number in another form', (line) => line.replace('"size":1', '"size":1.0')],
    ['a name that is none', (line) => line.replaceAll('"name":"a"', '"name":"A"')],
    ['a subject of something else', (line) => line.replace(/"name":"a"\}\]\}$/, '"name":"b"}]}')],
    ['an action that is none', (line) => line.replace('"put"', '"?"')],
    ['a time that is none', (line) => line.replace('2026-11-20', '2026-13-20')],
  ])('the one form of the statement: %s', async (_, change) => {
    const line = encodeStatement(statement({}));
    expect(change(line)).not.toBe(line);
    expect(await verdicts(signed(change(line)))).toEqual(all(like('CORRUPT', '')));
  });

  it('the store', async () => {
    expect(await verdicts(sealed({ store: sha256Hex('x') }))).toEqual(all(like('STORE_FOREIGN', 'belongs to store')));
  });

  it('the index', async () => {
    expect(await verdicts(sealed({ index: 3 }))).toEqual(all(like('CORRUPT', 'says it is commit 3')));
  });

  it('the commit before', async () => {
    expect(await verdicts(sealed({ previous: genesis.record.id }))).toEqual(all(like('CORRUPT', 'commit before it')));
  });

  it('the keyring pointer', async () => {
    expect(await verdicts(sealed({ keyring: 0 }))).toEqual(all(like('CORRUPT', 'newest key commit')));
  });

  it('a keyId is the hash of its key, and its key is Ed25519', async () => {
    const other = { keyId: stranger.keyId, spki: writer.spki };
    const spaced = { keyId: stranger.keyId, spki: `${stranger.spki}\n` };
    const x25519 = generateKeyPairSync('x25519').publicKey.export({ format: 'der', type: 'spki' });
    const foreign = { keyId: keyIdOf(x25519), spki: x25519.toString('base64') };
    for (const key of [other, spaced, foreign])
      expect(await verdicts(sealed(withKeys(addOf(key, 'writer')), owner))).toEqual(
        all(like('CORRUPT', 'it adds a key')),
      );
  });

  it('keys and purges are an owner’s', async () => {
    const purge = {
      changes: [{ action: 'purge', digest: sha256Hex('x'), reason: 'secret', size: 1 }],
    } as const;
    const why = like('KEY_UNTRUSTED', 'not signed by an owner');
    expect(await verdicts(sealed(withKeys(addOf(stranger, 'writer'))))).toEqual({
      structure: 'fine',
      whole: why,
    });
    expect(await verdicts(sealed(purge))).toEqual({ structure: 'fine', whole: why });
    expect(await verdicts(sealed(purge, owner))).toEqual(all('fine'));
  });

  it('keys change only as the keyring allows', async () => {
    const why = like('CORRUPT', 'last owner');
    expect(await verdicts(sealed(withKeys({ action: 'retire', keyId: owner.keyId }), owner))).toEqual({
      structure: 'fine',
      whole: why,
    });
  });

  it('a key of small order does not get in, signed by whomever', async () => {
    const small = spkiOf(Buffer.from('c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a', 'hex'));
    const key = { keyId: keyIdOf(small), spki: Buffer.from(small).toString('base64') };
    expect((await verdicts(sealed(withKeys(addOf(key, 'writer')), owner))).whole).toEqual(
      like('KEY_UNTRUSTED', 'small order'),
    );
  });

  it('the first commit adds one owner, is signed by it, and is named after it', async () => {
    const at = { index: 0, previous: null, keyring: null };
    const first = (over: Partial<Statement>, key = owner) =>
      seal(statement({ ...at, store: owner.keyId as Hex, ...over }), key).bytes;
    const check = async (bytes: Uint8Array) => verdicts(bytes, at, Keyring.empty);
    expect(await check(first(withKeys(addOf(owner, 'writer'))))).toEqual(all(like('CORRUPT', 'first owner key')));
    expect(await check(first({}))).toEqual(all(like('CORRUPT', 'first owner key')));
    expect(await check(first(withKeys(addOf(owner, 'owner'), addOf(writer, 'owner'))))).toEqual(
      all(like('CORRUPT', 'first owner key')),
    );
    expect(await check(first(withKeys(addOf(owner, 'owner')), writer))).toEqual(all(like('CORRUPT', 'not the same')));
    expect(await check(first({ ...withKeys(addOf(owner, 'owner')), store: writer.keyId as Hex }))).toEqual(
      all(like('CORRUPT', 'not the same')),
    );
  });
});

describe('where no signature is asked for', () => {
  it('structure is checked all the same', () => {
    const { payload, keyId } = parseEnvelope(sealed());
    const unsigned = encodeEnvelope({ payload, keyId, signature: Buffer.alloc(64) });
    expect(verifyStructure(unsigned, place(), keyring).index).toBe(2);
    expect(() => verifyStructure(sealed({ index: 3 }), place(), keyring)).toThrowError(
      expect.objectContaining({ code: 'CORRUPT' }),
    );
  });
});

it('every bit of a log file counts', async () => {
  const bytes = sealed();
  const flips = Array.from({ length: bytes.length * 8 }, (_, bit) => bit).filter((bit) => bit % 7 === 0);
  for (const bit of flips) {
    const flipped = Buffer.from(bytes);
    flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
    expect((await verdicts(flipped)).whole, `bit ${bit}`).not.toBe('fine');
  }
});

it('the statement that is signed is canonical JSON', () => {
  const line = Buffer.from(parseEnvelope(sealed()).payload).toString();
  expect(line).toBe(canonicalJson(JSON.parse(line)));
});
