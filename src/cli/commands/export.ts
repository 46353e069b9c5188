import { sha256Hex } from '../../core/digest.ts';
import type { CommandDefinition } from '../command.ts';
import { parseReference } from '../config-reference.ts';
import { evidenceFiles } from '../evidence.ts';
import { createFolder } from '../replace-file.ts';
import { pairs } from '../table.ts';
import { untrustedExit } from '../untrusted-exit.ts';

/** `config-store export NAME[@VERSION] --out DIR`: enough to check one config without our software. */
export const exportVersion: CommandDefinition<{ reference: string; out: string }> = {
  arguments: [{ syntax: '<reference>', meaning: 'NAME or NAME@VERSION', completes: 'configs' }],
  options: [{ flags: '--out <dir>', meaning: 'folder to make; it must not exist yet, or be empty', required: true }],
  examples: ['config-store export claude-desktop/default --out evidence'],
  notes:
    'Writes the artifact, the signed envelope, the public key and a README with the openssl and sha256sum commands.',
  run: async ({ store: open, output }, { reference, out }) => {
    const { name, version } = parseReference(reference);
    const store = await open();
    const exported = await store.exportVersion(name, version);
    const { row, warnings } = exported.read;
    for (const warning of warnings) await output.warn(warning);
    const files = evidenceFiles(exported);
    const folder = await createFolder(out, files);
    const commit = sha256Hex(exported.envelope);
    await output.result(
      {
        name: row.name,
        version: row.version,
        out: folder,
        files: Object.keys(files),
        commit,
        keyId: row.keyId,
        receipt: exported.read.receipt,
      },
      () => [
        `${row.name}@${row.version} written to ${folder}`,
        ...pairs([
          ['  artifact', 'the exact bytes'],
          ['  envelope.json', `commit ${row.index}, ${commit}`],
          ['  key.pub.pem', `key ${row.keyId}`],
          ['  README.txt', 'the commands that check them'],
        ]),
      ],
    );
    return untrustedExit(store, exported.read);
  },
};
