import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { PersonFolders } from '../../../src/clients/dialects/dialect.ts';
import type { Context } from '../../../src/verbs/shared/context.ts';
import { openContext } from '../configs/open-context.ts';
import { installationAt } from '../context-at.ts';

/** A machine of this test's own: a home with clients' files in it, and a store. */
export interface Machine {
  readonly ctx: Context;
  readonly home: string;
  readonly state: string;
  path(name: string): string;
  write(name: string, text: string | Uint8Array): Promise<string>;
  read(name: string): Promise<string>;
  mode(name: string): Promise<number>;
}

/** Makes a machine; its home is next to the store, and is removed with it. */
export async function makeMachine(
  more: { variables?: PersonFolders['variables']; variable?: (name: string) => string | undefined } = {},
): Promise<Machine> {
  const { ctx, paths } = await openContext();
  const home = join(paths.root, 'home');
  await mkdir(home);
  const installation = installationAt(paths, {
    personFolders: () => ({ platform: 'linux', home, variables: more.variables }),
    ...(more.variable && { variable: more.variable }),
  });
  const path = (name: string) => join(home, name);
  return {
    ctx: { ...ctx, installation },
    home,
    state: paths.state,
    path,
    write: async (name, text) => {
      await mkdir(dirname(path(name)), { recursive: true });
      await writeFile(path(name), text);
      return path(name);
    },
    read: (name) => readFile(path(name), 'utf8'),
    mode: async (name) => (await stat(path(name))).mode & 0o777,
  };
}
