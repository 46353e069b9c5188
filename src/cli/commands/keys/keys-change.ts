import { readPassphrase } from '../../../app/passphrase.ts';
import type { Role } from '../../../core/commit/statement.ts';
import { StoreError } from '../../../core/errors.ts';
import type { Receipt } from '../../../core/receipt.ts';
import { shortId } from '../../../core/short-id.ts';
import { importKey as importPrivateKey } from '../../../verbs/keys/import-key.ts';
import { retireKey as retire } from '../../../verbs/keys/retire-key.ts';
import { revokeKey as revoke } from '../../../verbs/keys/revoke-key.ts';
import { rotateKey as rotate } from '../../../verbs/keys/rotate-key.ts';
import { showKey } from '../../../verbs/keys/show-key.ts';
import { trustKey as trust } from '../../../verbs/keys/trust-key.ts';
import { confirm, YES } from '../../input/confirm.ts';
import { readInput } from '../../input/input.ts';
import { KEY_ID } from '../../input/key-reference.ts';
import type { Output } from '../../output/output.ts';
import type { CommandDefinition } from '../../program/command.ts';

/** The largest key file that is looked at, in bytes. */
const MAX_KEY_FILE_BYTES = 65_536;
const LABEL = { flags: '--label <text>', meaning: 'what to call the key, for the history' } as const;
const REASON = { flags: '--reason <text>', meaning: 'why, for the history' } as const;
const ROLE = {
  flags: '--role <role>',
  completes: ['owner', 'writer'],
  meaning: 'writer (changes configs, the default) or owner (keys too)',
  parse: parseRole,
} as const;

/** `config-store keys rotate` */
export const rotateKey: CommandDefinition<{ label?: string }> = {
  options: [LABEL],
  examples: ['config-store keys rotate --label "laptop 2027"'],
  notes: 'One commit, signed by the old key, adds the new one and retires the old. Back the keys up afterwards.',
  endsItself: true,
  run: async ({ context, output }, { label }) => {
    const { receipt, keyId, retired } = await rotate(context, { label });
    await output.result({ receipt, keyId, retired }, () => [
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
  endsItself: true,
  run: async ({ context, output }, { keyId: given }) => {
    const changed = await retire(context, { keyId: given });
    return report(output, changed, `${shortId(changed.keyId)} is retired; what it signed stays good`);
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
  endsItself: true,
  run: async ({ context, output }, { keyId: given, fromIndex, reason, yes = false }) => {
    const { key } = await showKey(context, { keyId: given });
    const { keyId, label } = key;
    const from = fromIndex === undefined ? '' : ` from commit ${fromIndex} on`;
    await confirm(`Void everything that ${shortId(keyId)} (${label}) signed${from}?`, yes);
    const changed = await revoke(context, { keyId, fromIndex, reason });
    return report(output, changed, `${shortId(keyId)} is revoked; "config-store verify" lists what that voids`);
  },
};

/** `config-store keys trust FILE` */
export const trustKey: CommandDefinition<{ file: string; label: string; role?: Role }> = {
  arguments: [
    { syntax: '<file>', meaning: 'public key file (SPKI PEM); "-" reads standard input', completes: 'files' },
  ],
  options: [{ ...LABEL, required: true }, ROLE],
  examples: ['config-store keys trust anna.pub.pem --label anna --role writer'],
  endsItself: true,
  run: async ({ context, output }, { file, label, role }) => {
    const publicKey = Buffer.from(await readInput(file, MAX_KEY_FILE_BYTES)).toString('utf8');
    const { role: given, ...changed } = await trust(context, { publicKey, label, role });
    return report(output, changed, `${shortId(changed.keyId)} (${label}) may sign as ${given}`);
  },
};

/** `config-store keys import FILE` */
export const importKey: CommandDefinition<{ file: string; label?: string; role?: Role; passphraseFile?: string }> = {
  arguments: [
    { syntax: '<file>', meaning: 'private key file (PKCS#8 PEM); "-" reads standard input', completes: 'files' },
  ],
  options: [
    LABEL,
    ROLE,
    { flags: '--passphrase-file <file>', completes: 'files', meaning: 'file with the passphrase of that key file' },
  ],
  examples: ['config-store keys import laptop.key.pem --label laptop'],
  notes: 'A key the store knows only gets its file back; any other is added by a commit first.',
  endsItself: true,
  run: async ({ context, output }, { file: path, label, role, passphraseFile }) => {
    const opens = passphraseFile === undefined ? undefined : await readPassphrase(passphraseFile);
    const file = await readInput(path, MAX_KEY_FILE_BYTES);
    const { label: called, role: given, ...changed } = await importPrivateKey(context, { file, opens, label, role });
    return report(
      output,
      changed,
      changed.receipt === undefined
        ? `${shortId(changed.keyId)} was known already; its file is here now`
        : `${shortId(changed.keyId)} (${called}) may sign here as ${given}`,
    );
  },
};

async function report(
  output: Output,
  facts: { readonly receipt: Receipt | undefined; readonly keyId: string },
  line: string,
): Promise<undefined> {
  await output.result(facts, () => (facts.receipt === undefined ? line : `${line} (commit ${facts.receipt.index})`));
  return undefined;
}

function parseRole(text: string): Role {
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
