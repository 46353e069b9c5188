import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * The licences of every package that has code in the bundle, in alphabetical order, as one text.
 *
 * @param root - the project's folder
 * @param inputs - paths of the bundled files, relative to `root`, as esbuild's metafile names them
 * @throws Error when a package states no licence at all
 */
export async function thirdPartyNotices(root: string, inputs: readonly string[]): Promise<string> {
  const folders = new Set(inputs.flatMap((input) => packageFolder(input) ?? []));
  const notices: string[] = [];
  for (const folder of [...folders].sort()) notices.push(await notice(join(root, folder)));
  return `The bundle contains code of these packages.\n\n${notices.join('\n')}`;
}

/** The package's folder, down to the innermost node_modules; nothing for the project's own files. */
function packageFolder(input: string): string | undefined {
  return /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0];
}

async function notice(folder: string): Promise<string> {
  const { name, version, license } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as Record<
    'name' | 'version' | 'license',
    string | undefined
  >;
  if (license === undefined) throw new Error(`${name} states no licence in its package.json`);
  const file = (await readdir(folder)).find((entry) => /^(licen[cs]e|copying)(\.(md|txt))?$/i.test(entry));
  const text = file === undefined ? '' : `\n${(await readFile(join(folder, file), 'utf8')).trim()}\n`;
  return `${'='.repeat(80)}\n${name} ${version} (${license})\n${text}`;
}
