import { askNewPassphrase, passphraseSource, readPassphrase } from '../../../app/passphrase.ts';
import { shortId } from '../../../core/short-id.ts';
import type { CommandDefinition, Environment } from '../../program/command.ts';

/** `config-store keys encrypt` */
export const encryptKeys: CommandDefinition = {
  examples: ['CONFIG_STORE_KEY_PASSPHRASE_FILE=passphrase.txt config-store keys encrypt'],
  notes:
    'Every private key file here is written anew as PKCS#8 with PBES2. Without the passphrase the server still reads and verifies; writes answer KEY_LOCKED. Lose it, and the keys are lost.',
  run: async (environment) => {
    const { passphraseFile } = environment.settings();
    const passphrase =
      passphraseFile === undefined ? await askNewPassphrase('passphrase') : await readPassphrase(passphraseFile);
    return rewrite(environment, false, undefined, passphrase);
  },
};

/** `config-store keys decrypt` */
export const decryptKeys: CommandDefinition = {
  examples: ['CONFIG_STORE_KEY_PASSPHRASE_FILE=passphrase.txt config-store keys decrypt'],
  run: (environment) =>
    rewrite(environment, true, passphraseSource(environment.settings().passphraseFile, true), undefined),
};

/** Writes anew the files that are encrypted (or not), each whole at every moment. */
async function rewrite(
  { store, output, telemetry }: Environment,
  encrypted: boolean,
  opens: (() => Promise<string | undefined>) | undefined,
  wanted: string | undefined,
): Promise<undefined> {
  const { files: keys } = (await store()).keys;
  const changed: string[] = [];
  for (const keyId of keys.privateKeyIds()) {
    if (keys.isEncrypted(keyId) !== encrypted) continue;
    await keys.rewritePrivate(keyId, opens, wanted);
    changed.push(keyId);
    telemetry.events.keyProtected({ keyId: keyId, encrypted: !encrypted });
  }
  const verb = encrypted ? 'decrypted' : 'encrypted';
  await output.result({ [verb]: changed }, () =>
    changed.length === 0
      ? `nothing to do: no key file here is ${encrypted ? 'encrypted' : 'unencrypted'}`
      : changed.map((keyId) => `${verb} ${shortId(keyId)}`),
  );
  return undefined;
}
