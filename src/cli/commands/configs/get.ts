import { formatDigest, parseDigestPrefix } from '../../../core/digest.ts';
import { StoreError } from '../../../core/errors.ts';
import { replaceFile } from '../../../disk/replace-file.ts';
import type { Store } from '../../../store/api/store.ts';
import type { VerifiedRead } from '../../../store/api/versions.ts';
import { readVersion } from '../../../verbs/configs/read-version.ts';
import { parseReference } from '../../input/config-reference.ts';
import { RAW } from '../../input/raw.ts';
import { noticeText } from '../../output/advice.ts';
import { encodeContent } from '../../output/encoded-content.ts';
import type { CommandDefinition } from '../../program/command.ts';
import { untrustedExit } from '../../program/untrusted-exit.ts';

/** `config-store get NAME[@VERSION]`: the exact bytes, checked against digest, signature and chain. */
export const get: CommandDefinition<{ reference: string; out?: string; raw?: boolean }> = {
  arguments: [
    {
      syntax: '<reference>',
      meaning: 'NAME, NAME@VERSION, or sha256:DIGEST (8 characters of it or more)',
      completes: 'configs',
    },
  ],
  options: [{ flags: '--out <file>', meaning: 'write to this file, whole or not at all' }, RAW],
  examples: [
    'config-store get claude-desktop/default',
    'config-store get claude-desktop/default@1 --out claude_desktop_config.json',
  ],
  notes:
    'Exit code 2 says that the bytes are there but cannot be trusted, 4 that there is nothing to check them against.',
  run: async ({ store: open, output }, { reference, out, raw }) => {
    const store = await open();
    const read = await find(store, reference);
    for (const notice of read.notices) await output.warn(noticeText(notice));
    const path = out === undefined ? undefined : await replaceFile(out, read.bytes);
    if (output.json) await output.result(describe(read, path), () => []);
    else if (path === undefined) await output.content(read.bytes, raw);
    else await output.text(`${read.row.name}@${read.row.version}  ${read.bytes.length} bytes  ${path}\n`);
    return untrustedExit(store, read);
  },
};

async function find(store: Store, reference: string): Promise<VerifiedRead> {
  if (!/^sha256:/i.test(reference)) {
    const { name, version } = parseReference(reference);
    return readVersion(store, name, version);
  }
  const prefix = parseDigestPrefix(reference);
  if (prefix !== undefined) return store.reader.readDigest(prefix);
  throw new StoreError('ARGUMENT_INVALID', `${JSON.stringify(reference.slice(0, 80))} is no digest`, {
    hint: 'Give "sha256:" and 8 to 64 hex characters, as "config-store log NAME" shows them.',
  });
}

function describe(
  { row, bytes, verified, receipt, notices }: VerifiedRead,
  path: string | undefined,
): Record<string, unknown> {
  return {
    name: row.name,
    version: row.version,
    digest: formatDigest(row.digest),
    mediaType: row.mediaType,
    size: bytes.length,
    ...(path === undefined ? encodeContent(bytes) : { out: path }),
    verified,
    receipt,
    warnings: notices.map(noticeText),
  };
}
