import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, '..', '..');
const COPIED = ['src', 'test', 'docs', 'scripts', 'package.json', 'tsconfig.json', 'vitest.config.ts'];

/** A check, the text it is in, what stands there once it is taken out, and the test below `test/` that must fail then. */
const CHECKS: readonly (readonly [rule: string, file: string, check: string, without: string, test: string])[] = [
  // Whose store it is, and how new.
  [
    'the anchor is a key of ours',
    'store/trust/trust-policy.ts',
    "publicKeys.size === 0 ? 'none' : 'foreign'",
    "'key'",
    'trust/foreign-store',
  ],
  [
    'CONFIG_STORE_ID decides',
    'store/trust/trust-policy.ts',
    "if (setting !== undefined && setting !== store) return 'foreign';",
    '',
    'trust/foreign-store',
  ],
  [
    'the pin is compared',
    'store/trust/trust-policy.ts',
    'pin?.store === log.store && log.atPin !== pin.commit',
    'false',
    'trust/rolled-back',
  ],
  [
    'a damaged pin is not none',
    'store/trust/trust-policy.ts',
    'if (anchors.pinDamage !== undefined) return damagedPin(anchors.pinDamage);',
    '',
    'trust/rolled-back',
  ],
  [
    'the log is looked at again before a write',
    'store/trust/preflight.ts',
    'await view.checkReplaced();',
    '',
    'trust/rolled-back',
  ],
  ['verify asks the log there is', 'store/maintain/verify.ts', 'await view.checkReplaced();', '', 'trust/rolled-back'],
  [
    'a receipt is looked for',
    'store/maintain/verify.ts',
    'if (this.#expected !== undefined)',
    'if (false)',
    'trust/receipts-and-pin',
  ],
  // What a commit must be.
  [
    'store',
    'store/commits/verify-commit.ts',
    'expected.store !== undefined && statement.store !== expected.store',
    'false',
    'trust/forged-commits',
  ],
  ['index', 'store/commits/verify-commit.ts', 'statement.index !== index', 'false', 'trust/forged-commits'],
  [
    'previous',
    'store/commits/verify-commit.ts',
    'expected.previous !== undefined && statement.previous !== expected.previous',
    'false',
    'trust/forged-commits',
  ],
  [
    'keyring',
    'store/commits/verify-commit.ts',
    'expected.keyring !== undefined && statement.keyring !== expected.keyring',
    'false',
    'trust/forged-commits',
  ],
  [
    'the key is in force',
    'store/commits/verify-commit.ts',
    'if (reason !== undefined) throw untrusted(reason);',
    '',
    'trust/forged-commits',
  ],
  [
    'owners change keys',
    'store/commits/verify-commit.ts',
    'ownersOnly && !keyring.isOwnerAt(keyId, index)',
    'false',
    'trust/stolen-key',
  ],
  [
    'key changes keep the rules',
    'store/commits/verify-commit.ts',
    'if (refusal !== undefined) throw',
    'if (false) throw',
    'trust/forged-commits',
  ],
  ['new keys are sound', 'store/commits/verify-commit.ts', 'await admitAdded(record);', '', 'trust/forged-commits'],
  ['a key id is a hash', 'store/commits/verify-commit.ts', 'keyIdOf(der) !== keyId', 'false', 'trust/forged-commits'],
  [
    'the signature',
    'store/commits/verify-commit.ts',
    '!verifySignature(key, signedMessage(envelope), envelope.signature)',
    'false',
    'store/verify-commit',
  ],
  [
    'the signature, in the thread pool',
    'store/commits/verify-commit.ts',
    'if (!valid) throw badSignature(expected.index);',
    '',
    'store/bit-flips',
  ],
  [
    'versions follow each other',
    'store/commits/version-rules.ts',
    'row.version !== (head?.version ?? 0) + 1',
    'false',
    'trust/false-statements',
  ],
  [
    'a restore has the bytes it names',
    'store/commits/version-rules.ts',
    "source !== undefined && source.action !== 'delete' && sameBytes(row, source)",
    'true',
    'trust/false-statements',
  ],
  [
    'a deletion repeats what it deletes',
    'store/commits/version-rules.ts',
    "head !== undefined && head.action !== 'delete' && sameBytes(row, head)",
    'true',
    'trust/false-statements',
  ],
  ['a purge names the true size', 'store/commits/version-rules.ts', 'known === size', 'true', 'trust/false-statements'],
  // What a key may do today.
  [
    'reads ask whether the key is trusted',
    'store/read/reader.ts',
    'if (untrusted !== undefined) throw',
    'if (false) throw',
    'trust/stolen-key',
  ],
  [
    'revocation voids',
    'keys/keyring.ts',
    'key.revokedFrom !== undefined && index >= key.revokedFrom',
    'false',
    'trust/thief',
  ],
  [
    'what a void key added is void',
    'keys/keyring.ts',
    'if (key.voided) return',
    'if (false) return',
    'trust/stolen-key',
  ],
  [
    'a key that was revoked is not added again',
    'keys/keyring.ts',
    '!there.voided || there.revokedFrom !== undefined',
    'false',
    'keys/keyring',
  ],
  // What the cache says.
  [
    'the cache stands at a commit of the log',
    'store/view/cached-start.ts',
    'sha256Hex(bytes) !== newest.id',
    'false',
    'trust/tampered-cache',
  ],
  [
    'its keys are those of the log',
    'store/view/cached-start.ts',
    'keyring.newest !== (keys.length > 0 ? head.index : before)',
    'false',
    'trust/tampered-cache',
  ],
  ['its schema is ours', 'store/cache/cache-open.ts', 'if (!agrees) throw', 'if (false) throw', 'trust/tampered-cache'],
  [
    'its values have their forms',
    'store/cache/cache-rows.ts',
    'Number.isSafeInteger(value) && value >= 0',
    'true',
    'trust/tampered-cache',
  ],
  [
    'what is signed on it is compared with the log',
    'store/write/plan-lookup.ts',
    'await this.#proofs.of(row);',
    '',
    'trust/tampered-cache',
  ],
  ['its files are plain', 'store/cache/cache-open.ts', 'refuseOddFiles(path);', '', 'trust/tampered-cache'],
  // What files are.
  [
    'a file is no link',
    'disk/opened-file.ts',
    'export const READ_FLAGS = O_RDONLY | O_NOFOLLOW',
    'export const READ_FLAGS = O_RDONLY',
    'engine/files/attacks',
  ],
  [
    'a folder is no link',
    'disk/real-folders.ts',
    'openSync(way, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)',
    'openSync(way, O_RDONLY | O_DIRECTORY)',
    'engine/files/attacks',
  ],
  [
    'a draft is from here',
    'store/drafts/draft-file.ts',
    "secret !== undefined && isSame(file['mac'], macOf(draft, secret))",
    'true',
    'store/drafts',
  ],
];

/** Without these the program itself has no end, or waits for one: that is how their tests find it out. */
const WITHOUT_END = new Set(['its schema is ours', 'its files are plain']);

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
    async (rule, name, check, without, test) => {
      const file = join(copy, 'src', name);
      const source = readFileSync(file, 'utf8');
      expect(source.split(check)).toHaveLength(2);
      writeFileSync(
        file,
        source.replace(check, () => without),
      );
      try {
        const vitest = join(ROOT, 'node_modules', 'vitest', 'vitest.mjs');
        // Its group of processes ends as a whole: a thread that waits in SQLite hears of nothing else.
        const program = ['-s', 'KILL', '90', process.execPath, vitest, 'run', '--project=unit', `test/${test}.test.ts`];
        const outcome = run('timeout', program, {
          cwd: copy,
          env: { ...process.env, SLOW: '' }, // of the tests that must fail the usual runs do
          maxBuffer: 1 << 26,
        });
        const ended = await outcome.catch((error: { stdout: string; signal: string | null; code: unknown }) => error);
        const isStuck = 'signal' in ended && (ended.signal === 'SIGKILL' || ended.code === 137);
        if (!isStuck || !WITHOUT_END.has(rule)) expect(ended.stdout).toMatch(/Tests .*failed/);
      } finally {
        writeFileSync(file, source);
      }
    },
    300_000,
  );
});
