import { execFile } from 'node:child_process';
import { createHash, createPublicKey } from 'node:crypto';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { bundleFromJSON } from '@sigstore/bundle';
import { type TrustMaterial, toSignedEntity, Verifier } from '@sigstore/verify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWorkplace, type Workplace } from './run-cli.ts';

const run = promisify(execFile);
// `ssh-keygen -Y verify` without arguments complains about them; a shell that finds no ssh-keygen says so.
const hasSshKeygen = await run('ssh-keygen', ['-Y', 'verify']).catch(
  (error: { code?: unknown }) => error.code !== 'ENOENT',
);

let place: Workplace;
beforeAll(async () => {
  place = await createWorkplace();
  await place.run(['put', 'team/notes', '-'], { stdin: 'one\n' });
  await place.json(['export', 'team/notes', '--out', 'bundle', '--format', 'sigstore']);
  await place.json(['export', 'team/notes', '--out', 'ssh', '--format', 'sshsig']);
});
afterAll(() => place.remove());

describe('export --format sigstore', () => {
  /** Verifies a bundle as a Sigstore client does that is given a key and asks for neither log nor timestamp. */
  function verify(bundleText: string, pem: string): Uint8Array {
    const bundle = bundleFromJSON(JSON.parse(bundleText));
    const trust: TrustMaterial = {
      certificateAuthorities: [],
      timestampAuthorities: [],
      tlogs: [],
      ctlogs: [],
      publicKey: (hint) => {
        const publicKey = createPublicKey(pem);
        const keyid = createHash('sha256')
          .update(publicKey.export({ type: 'spki', format: 'der' }))
          .digest('hex');
        if (hint !== keyid) throw new Error(`the key ${hint} is unknown`);
        return { publicKey, validFor: () => true };
      },
    };
    new Verifier(trust, { tlogThreshold: 0, ctlogThreshold: 0, timestampThreshold: 0 }).verify(toSignedEntity(bundle));
    if (bundle.content.$case !== 'dsseEnvelope') throw new Error('no envelope');
    return bundle.content.dsseEnvelope.payload;
  }
  const file = (name: string) => readFile(join(place.path('bundle'), name), 'utf8');

  it('writes a bundle that @sigstore/verify accepts with the public key, and it names the artifact', async () => {
    expect((await readdir(place.path('bundle'))).sort()).toEqual([
      'README.txt',
      'artifact',
      'bundle.sigstore.json',
      'key.pub.pem',
    ]);
    const payload = verify(await file('bundle.sigstore.json'), await file('key.pub.pem'));
    const { subject } = JSON.parse(Buffer.from(payload).toString()) as { subject: { digest: { sha256: string } }[] };
    const digest = createHash('sha256')
      .update(await file('artifact'))
      .digest('hex');
    expect(subject).toEqual([{ digest: { sha256: digest }, name: 'team/notes' }]);
  });

  it.each(['payload', 'sig'])('is refused when a byte of the %s differs', async (member) => {
    const text = await file('bundle.sigstore.json');
    const at = text.indexOf(`"${member}":"`) + member.length + 14;
    const changed = `${text.slice(0, at)}${text[at] === 'A' ? 'B' : 'A'}${text.slice(at + 1)}`;
    const pem = await file('key.pub.pem');
    expect(() => verify(changed, pem)).toThrow('signature verification failed');
  });
});

describe('export --format sshsig', () => {
  const commands = async () =>
    (await readFile(join(place.path('ssh'), 'README.txt'), 'utf8')).split('\n\n')[2]?.split('\n') ?? [];
  const failures = async () => {
    const failed: number[] = [];
    for (const [at, command] of (await commands()).entries())
      await run('sh', ['-c', command], { cwd: place.path('ssh') }).catch(() => failed.push(at + 1));
    return failed;
  };

  it.skipIf(!hasSshKeygen)('writes what ssh-keygen -Y verify accepts, as its README prints it', async () => {
    expect(await commands()).toHaveLength(3);
    expect(await failures()).toEqual([]);
  });

  it.skipIf(!hasSshKeygen).each(['statement.json', 'statement.json.sig', 'allowed_signers', 'artifact'])(
    'fails when a byte of %s differs',
    async (name) => {
      const path = join(place.path('ssh'), name);
      const bytes = await readFile(path);
      const changed = Buffer.from(bytes);
      const at = Math.floor(bytes.length / 2);
      changed[at] = bytes[at] === 0x41 ? 0x42 : 0x41;
      await writeFile(path, changed);
      expect(await failures()).not.toEqual([]);
      await writeFile(path, bytes);
    },
  );

  it('is for our namespace only', async () => {
    const signature = await readFile(join(place.path('ssh'), 'statement.json.sig'), 'utf8');
    expect(Buffer.from(signature.split('\n').slice(1, -2).join(''), 'base64').toString('latin1')).toContain(
      'config-store',
    );
    expect(await readFile(join(place.path('ssh'), 'allowed_signers'), 'utf8')).toMatch(
      /^[0-9a-f]{64} namespaces="config-store" ssh-ed25519 \S+\n$/,
    );
  });

  it('needs the private key that signed the commit', async () => {
    const keys = place.path('var/keys');
    const name = (await readdir(keys)).find((one) => one.endsWith('.key.pem')) ?? '';
    const bytes = await readFile(join(keys, name));
    await rm(join(keys, name));
    const { code, stderr } = await place.run(['export', 'team/notes', '--out', 'none', '--format', 'sshsig']);
    expect([code, stderr]).toEqual([77, expect.stringContaining('KEY_MISSING')]);
    expect((await place.run(['export', 'team/notes', '--out', 'still', '--format', 'sigstore'])).code).toBe(0);
    await writeFile(join(keys, name), bytes, { mode: 0o600 });
  });
});

it('refuses a format that is none', async () => {
  const { code, stderr } = await place.run(['export', 'team/notes', '--out', 'none', '--format', 'pgp']);
  expect([code, stderr]).toEqual([64, expect.stringContaining('openssl, sigstore, sshsig')]);
});
