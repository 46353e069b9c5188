/** Fills dist/ with what the npm package holds: the bundle for every platform, the manual page and the completions. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { completionScript, SHELLS } from '../src/cli/completion/script.ts';
import { COMMANDS } from '../src/cli/program/commands.ts';
import { build } from './build.ts';
import { manualPage } from './manual-page.ts';

const DIST = join(import.meta.dirname, '..', 'dist');
/** Under these names each shell looks for them. */
const FILES = { bash: 'config-store.bash', zsh: '_config-store', fish: 'config-store.fish' } as const;

await build({ outdir: DIST, platform: 'every', clean: true });
for (const folder of ['man', 'completions']) await mkdir(join(DIST, folder), { recursive: true });
await writeFile(join(DIST, 'man', 'config-store.1'), await manualPage());
for (const shell of SHELLS)
  await writeFile(join(DIST, 'completions', FILES[shell]), await completionScript(shell, COMMANDS));
