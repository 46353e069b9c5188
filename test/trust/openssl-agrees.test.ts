import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { PAYLOAD_TYPE } from '../../src/core/commit/envelope.ts';
import { isStoreError } from '../../src/core/errors.ts';
import { loadSigner } from '../../src/keys/ed25519.ts';
import { Keyring } from '../../src/keys/keyring.ts';
import { type CommitRecord, keyCommitOf } from '../../src/store/commits/commit-record.ts';
import { startVerification, verifyStructure } from '../../src/store/commits/verify-commit.ts';
import { hasOpenssl } from '../keys/openssl.ts';
import { puts } from '../store/temporary-var.ts';
import { author, logFile, makePaths, open } from './stores.ts';

const run = promisify(execFile);
const COMMITS = process.env['SLOW'] === '1' ? 1_000 : 200;
const DAMAGED = COMMITS / 5;
/** Shells at a time; each runs openssl once for each of its commits. */
const SHELLS = 4;

/** Key id, statement and signature, taken out of a log file the way a stranger would: by JSON and base64 alone. */
function takeApart(bytes: Uint8Array): { keyid: string; signed: Uint8Array; signature: Uint8Array } {
  const { payload, signatures } = JSON.parse(Buffer.from(bytes).toString('utf8')) as {
    payload: string;
    signatures: { keyid: string; sig: string }[];
  };
  const statement = Buffer.from(payload, 'base64');
  const preamble = `DSSEv1 ${PAYLOAD_TYPE.length} ${PAYLOAD_TYPE} ${statement.length} `;
  const [first] = signatures;
  return {
    keyid: first?.keyid ?? '',
    signed: Buffer.concat([Buffer.from(preamble), statement]),
    signature: Buffer.from(first?.sig ?? '', 'base64'),
  };
}

/** The verdict of the openssl command on each, one process per commit. */
async function opensslVerdicts(folder: string, commits: readonly Uint8Array[], keyFile: (keyid: string) => string) {
  mkdirSync(folder);
  const verdicts = new Map<number, boolean>();
  const lanes = Array.from({ length: SHELLS }, (_, lane) =>
    commits.map((_bytes, at) => at).filter((at) => at % SHELLS === lane),
  );
  await Promise.all(
    lanes.map(async (lane, n) => {
      const lines = lane.map((at) => {
        const { keyid, signed, signature } = takeApart(commits[at] ?? new Uint8Array());
        writeFileSync(join(folder, `${at}.bin`), signed);
        writeFileSync(join(folder, `${at}.sig`), signature);
        return `openssl pkeyutl -verify -pubin -inkey ${keyFile(keyid)} -rawin -in ${at}.bin -sigfile ${at}.sig >/dev/null 2>&1; echo ${at} $?`;
      });
      writeFileSync(join(folder, `lane-${n}.sh`), lines.join('\n'));
      const { stdout } = await run('sh', [`lane-${n}.sh`], { cwd: folder, maxBuffer: 1 << 24 });
      for (const line of stdout.trim().split('\n')) {
        const [at, status] = line.split(' ').map(Number);
        verdicts.set(at ?? -1, status === 0);
      }
    }),
  );
  return commits.map((_bytes, at) => verdicts.get(at));
}

/** Our own verdict on each; the keyring grows with the sound ones. */
/** @param keyrings the keyring before each commit */
function ourVerdicts(commits: readonly Uint8Array[], keyrings: readonly Keyring[]): Promise<boolean[]> {
  return Promise.all(commits.map((bytes, at) => verdict(bytes, at, keyrings[at] ?? Keyring.empty)));
}

async function verdict(bytes: Uint8Array, index: number, keyring: Keyring): Promise<boolean> {
  try {
    await startVerification(bytes, { index }, keyring).signature;
    return true;
  } catch (error) {
    if (isStoreError(error, 'SIGNATURE_INVALID', 'CORRUPT')) return false;
    throw error;
  }
}

// One process of openssl for each commit: about ten seconds on two cores.
it.skipIf(!hasOpenssl)(
  `our code and openssl give the same verdict on ${COMMITS} commits, and on ${DAMAGED} damaged ones`,
  async () => {
    await loadSigner();
    const paths = await makePaths();
    const store = await open(paths);
    for (let rotation = 0; rotation <= 5; rotation++) {
      if (rotation > 0) await store.keys.rotate({ author, label: `key ${rotation}` });
      const names = Array.from({ length: 166 }, (_, n) => `team/config-${n}`);
      await Promise.all(names.map((name) => store.writer.commit(puts({ [name]: `${name}, round ${rotation}` }))));
    }
    while (((await store.state.status()).head?.index ?? 0) < COMMITS - 1)
      await store.writer.commit(puts({ last: `${Math.random()}` }));
    const commits = Array.from({ length: COMMITS }, (_, index) => readFileSync(logFile(paths, index)));
    let keyring = Keyring.empty;
    const keyrings: Keyring[] = [];
    for (const [index, bytes] of commits.entries()) {
      keyrings.push(keyring);
      const record: CommitRecord = verifyStructure(bytes, { index, store: keyring.store }, keyring);
      if (record.statement.keys.length > 0) keyring = keyring.with(keyCommitOf(record));
    }
    expect(keyring.list()).toHaveLength(COMMITS / 200 + 1);
    const keyFile = (keyid: string) => join(paths.keys, `${keyid}.pub.pem`);

    const theirs = await opensslVerdicts(join(paths.root, 'sound'), commits, keyFile);
    expect(theirs).toEqual(Array(COMMITS).fill(true));
    expect(await ourVerdicts(commits, keyrings)).toEqual(theirs);

    // One bit of the statement or the signature differs, and the form of the file stays.
    const damaged = Array.from({ length: DAMAGED }, (_, n) => damage(commits[n * 5] ?? Buffer.alloc(0), n));
    const ours = await Promise.all(damaged.map((bytes, n) => verdict(bytes, n * 5, keyrings[n * 5] ?? Keyring.empty)));
    expect(ours).toEqual(Array(DAMAGED).fill(false));
    expect(await opensslVerdicts(join(paths.root, 'damaged'), damaged, keyFile)).toEqual(ours);
  },
  600_000,
);

/** The same log file with one bit of its statement (even `n`) or its signature (odd `n`) flipped. */
function damage(bytes: Uint8Array, n: number): Uint8Array {
  const text = Buffer.from(bytes).toString('utf8');
  const member = n % 2 === 0 ? 'payload' : 'sig';
  const base64 = new RegExp(`"${member}":"([^"]+)"`).exec(text)?.[1] ?? '';
  const flipped = Buffer.from(base64, 'base64');
  const at = (n * 37) % flipped.length;
  flipped[at] = (flipped[at] ?? 0) ^ (1 << (n % 8));
  return Buffer.from(text.replace(base64, flipped.toString('base64')));
}
