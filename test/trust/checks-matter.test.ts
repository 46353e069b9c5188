import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, '..', '..');
const COPIED = ['src', 'test', 'docs', 'scripts', 'package.json', 'tsconfig.json', 'vitest.config.ts'];

/** A check, the text it is in, what stands there once it is taken out, and the test that must fail then. */
const CHECKS: readonly (readonly [rule: string, file: string, check: string, without: string, test: string])[] = [
  [
    'the anchor is a key of ours',
    'store/trust/trust-policy.ts',
    "publicKeys.size === 0 ? 'none' : 'foreign'",
    "'key'",
    'foreign-store',
  ],
  [
    'CONFIG_STORE_ID decides',
    'store/trust/trust-policy.ts',
    "if (setting !== undefined && setting !== store) return 'foreign';",
    '',
    'foreign-store',
  ],
  ['the pin is compared', 'store/trust/standing.ts', 'sha256Hex(there) !== pin.commit', 'false', 'rolled-back'],
  [
    'the head is read again before a write',
    'store/trust/standing.ts',
    'there === undefined || sha256Hex(there) !== head.id',
    'false',
    'rolled-back',
  ],
  [
    'store',
    'store/commits/verify-commit.ts',
    'expected.store !== undefined && statement.store !== expected.store',
    'false',
    'forged-commits',
  ],
  ['index', 'store/commits/verify-commit.ts', 'statement.index !== index', 'false', 'forged-commits'],
  [
    'previous',
    'store/commits/verify-commit.ts',
    'expected.previous !== undefined && statement.previous !== expected.previous',
    'false',
    'forged-commits',
  ],
  [
    'keyring',
    'store/commits/verify-commit.ts',
    'expected.keyring !== undefined && statement.keyring !== expected.keyring',
    'false',
    'forged-commits',
  ],
  [
    'the key is in force',
    'store/commits/verify-commit.ts',
    'if (reason !== undefined) throw untrusted(reason);',
    '',
    'forged-commits',
  ],
  [
    'owners change keys',
    'store/commits/verify-commit.ts',
    'ownersOnly && !keyring.isOwnerAt(keyId, index)',
    'false',
    'stolen-key',
  ],
  [
    'key changes keep the rules',
    'store/commits/verify-commit.ts',
    'if (refusal !== undefined) throw',
    'if (false) throw',
    'forged-commits',
  ],
  ['new keys are sound', 'store/commits/verify-commit.ts', 'await admitAdded(record);', '', 'forged-commits'],
  ['a key id is a hash', 'store/commits/verify-commit.ts', 'keyIdOf(der) !== keyId', 'false', 'forged-commits'],
  [
    'the signature',
    'store/commits/verify-commit.ts',
    '!verifySignature(key, signedMessage(envelope), envelope.signature)',
    'false',
    'openssl-agrees',
  ],
  [
    'a row says what the log says',
    'store/commits/commit-cache.ts',
    'record.id === row.commit && versionRows(record).some((signed) => sameRow(signed, row))',
    'true',
    'cache',
  ],
  [
    'no key commit is left out',
    'store/commits/chain-walk.ts',
    'statement.keys.length > 0 && !keyCommits.has(index)',
    'false',
    'stolen-key',
  ],
  [
    'reads ask whether the key is trusted',
    'store/read/reader.ts',
    'if (untrusted !== undefined) throw',
    'if (false) throw',
    'stolen-key',
  ],
  [
    'a receipt is looked for',
    'store/maintain/verify.ts',
    'if (this.#expected !== undefined)',
    'if (false)',
    'receipts-and-pin',
  ],
  [
    'revocation voids',
    'keys/keyring.ts',
    'key.revokedFrom !== undefined && index >= key.revokedFrom',
    'false',
    'stolen-key',
  ],
  ['what a void key added is void', 'keys/keyring.ts', 'if (key.voided) return', 'if (false) return', 'stolen-key'],
];

// Runs a test file for each check in a copy of the project without that check: some minutes.
describe.skipIf(process.env['SLOW'] !== '1')('a test fails when a check is taken out', () => {
  let copy: string;
  beforeAll(() => {
    copy = mkdtempSync(join(tmpdir(), 'checks-'));
    for (const name of COPIED) cpSync(join(ROOT, name), join(copy, name), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  });
  afterAll(() => rmSync(copy, { recursive: true, force: true }));

  it.each(CHECKS)(
    '%s',
    async (_rule, name, check, without, test) => {
      const file = join(copy, 'src', name);
      const source = readFileSync(file, 'utf8');
      expect(source.split(check)).toHaveLength(2);
      writeFileSync(
        file,
        source.replace(check, () => without),
      );
      try {
        const vitest = join(ROOT, 'node_modules', 'vitest', 'vitest.mjs');
        const outcome = run(process.execPath, [vitest, 'run', `test/trust/${test}.test.ts`], {
          cwd: copy,
          maxBuffer: 1 << 26,
        });
        await expect(outcome).rejects.toMatchObject({ stdout: expect.stringMatching(/Tests .*failed/) });
      } finally {
        writeFileSync(file, source);
      }
    },
    300_000,
  );
});
