import { readPassphrase } from '../../../app/passphrase.ts';
import { StoreError } from '../../../core/errors.ts';
import type { Receipt } from '../../../core/receipt.ts';
import { shortId } from '../../../core/short-id.ts';
import { parsePublicKeyPem } from '../../../keys/formats/pem.ts';
import { confirm, YES } from '../../input/confirm.ts';
import { readInput } from '../../input/input.ts';
import { findKey, KEY_ID } from '../../input/key-reference.ts';
import { checkSignedTexts } from '../../input/signed-texts.ts';
import type { CommandDefinition, Environment } from '../../program/command.ts';

/** The largest key file that is looked at, in bytes. */
const MAX_KEY_FILE_BYTES = 65_536;
const LABEL = { flags: '--label <text>', meaning: 'what to call the key, for the history' } as const;
const REASON = { flags: '--reason <text>', meaning: 'why, for the history' } as const;
const ROLE = {
  flags: '--role <role>',
  meaning: 'writer (changes configs, the default) or owner (keys too)',
  parse: parseRole,
} as const;

/** `config-store keys rotate` */
export const rotateKey: CommandDefinition<{ label?: string }> = {
  options: [LABEL],
  examples: ['config-store keys rotate --label "laptop 2027"'],
  notes: 'One commit, signed by the old key, adds the new one and retires the old. Back the keys up afterwards.',
  run: async (environment, { label }) => {
    await checkSignedTexts({ label });
    const { keys } = await environment.store();
    const { receipt, keyId, retired } = await keys.rotate({
      author: author(environment),
      label: label ?? `key of ${new Date().toISOString().slice(0, 10)}`,
    });
    await environment.output.result({ receipt, keyId, retired }, () => [
      `${shortId(keyId)} signs from now on; ${shortId(retired)} is retired (commit ${receipt.index})`,
      '  back up the new key: config-store keys backup --out FILE.age',
    ]);
    return undefined;
  },
};

/** `config-store keys retire KEYID` */
export const retireKey: CommandDefinition<{ keyId: string }> = {
  arguments: [KEY_ID],
  examples: ['config-store keys retire 1f0c2a9b'],
  run: async (environment, { keyId: given }) => {
    const store = await environment.store();
    const { keyId } = await findKey(store, given);
    const receipt = await store.keys.retire({ author: author(environment), keyId });
    return said(environment, { receipt, keyId }, `${shortId(keyId)} is retired; what it signed stays good`);
  },
};

/** `config-store keys revoke KEYID` */
export const revokeKey: CommandDefinition<{ keyId: string; fromIndex?: number; reason?: string; yes?: boolean }> = {
  arguments: [KEY_ID],
  options: [
    { flags: '--from-index <n>', meaning: 'first commit that is void; default: all the key signed', parse: parseIndex },
    REASON,
    YES,
  ],
  examples: ['config-store keys revoke 1f0c2a9b --from-index 42 --reason "laptop stolen"'],
  notes:
    'Configs whose newest version it signed from there on answer KEY_UNTRUSTED until a trusted version is restored.',
  run: async (environment, { keyId, fromIndex, reason = '', yes = false }) => {
    await checkSignedTexts({ reason });
    const store = await environment.store();
    const key = await findKey(store, keyId);
    await confirm(
      `Void everything that ${shortId(key.keyId)} (${key.label}) signed${fromIndex === undefined ? '' : ` from commit ${fromIndex} on`}?`,
      yes,
    );
    const receipt = await store.keys.revoke({
      author: author(environment),
      keyId: key.keyId,
      fromIndex,
      reason,
    });
    return said(
      environment,
      { receipt, keyId: key.keyId },
      `${shortId(key.keyId)} is revoked; "config-store verify" lists what that voids`,
    );
  },
};

/** `config-store keys trust FILE` */
export const trustKey: CommandDefinition<{ file: string; label: string; role?: 'owner' | 'writer' }> = {
  arguments: [
    { syntax: '<file>', meaning: 'public key file (SPKI PEM); "-" reads standard input', completes: 'files' },
  ],
  options: [{ ...LABEL, required: true }, ROLE],
  examples: ['config-store keys trust anna.pub.pem --label anna --role writer'],
  run: async (environment, { file, label, role = 'writer' }) => {
    await checkSignedTexts({ label });
    const spki = parsePublicKeyPem(Buffer.from(await readInput(file, MAX_KEY_FILE_BYTES)).toString('utf8'));
    const { keys } = await environment.store();
    const { receipt, keyId } = await keys.trust({ author: author(environment), spki, label, role });
    return said(environment, { receipt, keyId }, `${shortId(keyId)} (${label}) may sign as ${role}`);
  },
};

/** `config-store keys import FILE` */
export const importKey: CommandDefinition<{
  file: string;
  label?: string;
  role?: 'owner' | 'writer';
  passphraseFile?: string;
}> = {
  arguments: [
    { syntax: '<file>', meaning: 'private key file (PKCS#8 PEM); "-" reads standard input', completes: 'files' },
  ],
  options: [LABEL, ROLE, { flags: '--passphrase-file <file>', meaning: 'file with the passphrase of that key file' }],
  examples: ['config-store keys import laptop.key.pem --label laptop'],
  notes: 'A key the store knows only gets its file back; any other is added by a commit first.',
  run: async (environment, { file, label = 'imported key', role = 'writer', passphraseFile }) => {
    await checkSignedTexts({ label });
    const bytes = await readInput(file, MAX_KEY_FILE_BYTES);
    const opens = passphraseFile === undefined ? undefined : await readPassphrase(passphraseFile);
    const { keys } = await environment.store();
    try {
      const { receipt, keyId } = await keys.importKey({
        author: author(environment),
        file: bytes,
        opens,
        label,
        role,
      });
      return await said(
        environment,
        { receipt, keyId },
        receipt === undefined
          ? `${shortId(keyId)} was known already; its file is here now`
          : `${shortId(keyId)} (${label}) may sign here as ${role}`,
      );
    } finally {
      bytes.fill(0);
    }
  },
};

function author({ version }: Environment) {
  return { name: 'config-store', version, via: 'cli' } as const;
}

async function said(
  { output }: Environment,
  facts: { receipt: Receipt | undefined; keyId: string },
  line: string,
): Promise<undefined> {
  await output.result(facts, () => (facts.receipt === undefined ? line : `${line} (commit ${facts.receipt.index})`));
  return undefined;
}

function parseRole(text: string): 'owner' | 'writer' {
  if (text === 'owner' || text === 'writer') return text;
  throw new StoreError('ARGUMENT_INVALID', '--role is neither owner nor writer', {
    hint: 'A writer changes configs; an owner changes keys and purges too.',
  });
}

function parseIndex(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new StoreError('ARGUMENT_INVALID', '--from-index is not the number of a commit', {
    hint: '"config-store log NAME" shows the commits.',
  });
}
