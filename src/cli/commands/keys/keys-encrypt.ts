import { passphraseSource, readPassphrase } from '../../../app/passphrase.ts';
import { SETTINGS } from '../../../app/settings/setting-table.ts';
import { shortId } from '../../../core/short-id.ts';
import { decryptKeys as decrypt, encryptKeys as encrypt } from '../../../verbs/keys/protect-keys.ts';
import { askNewPassphrase } from '../../input/ask-passphrase.ts';
import type { Output } from '../../output/output.ts';
import type { CommandDefinition } from '../../program/command.ts';

/** `config-store keys encrypt` */
export const encryptKeys: CommandDefinition = {
  examples: ['CONFIG_STORE_KEY_PASSPHRASE_FILE=passphrase.txt config-store keys encrypt'],
  notes:
    'Every private key file here is rewritten as PKCS#8 with PBES2. Without the passphrase the server still reads and verifies; writes answer KEY_LOCKED. Lose it, and the keys are lost.',
  endsItself: true,
  run: async ({ context, settings, output }) => {
    const { passphraseFile } = settings();
    const passphrase =
      passphraseFile === undefined
        ? await askNewPassphrase('passphrase', `Put it in a file and name that in ${SETTINGS.passphraseFile.variable}.`)
        : await readPassphrase(passphraseFile);
    return report(output, 'encrypted', await encrypt(context, { passphrase }));
  },
};

/** `config-store keys decrypt` */
export const decryptKeys: CommandDefinition = {
  examples: ['CONFIG_STORE_KEY_PASSPHRASE_FILE=passphrase.txt config-store keys decrypt'],
  endsItself: true,
  run: async ({ context, settings, output }) => {
    const passphrase = passphraseSource(settings().passphraseFile, true);
    return report(output, 'decrypted', await decrypt(context, { passphrase }));
  },
};

async function report(output: Output, verb: 'encrypted' | 'decrypted', changed: readonly string[]): Promise<undefined> {
  await output.result({ [verb]: changed }, () =>
    changed.length === 0
      ? `nothing to do: no key file here is ${verb === 'decrypted' ? 'encrypted' : 'unencrypted'}`
      : changed.map((keyId) => `${verb} ${shortId(keyId)}`),
  );
  return undefined;
}
