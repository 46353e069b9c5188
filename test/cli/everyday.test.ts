import { execFile } from 'node:child_process';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';
import { BUNDLE, createWorkplace } from './run-cli.ts';

const run = promisify(execFile);
const DOCS = join(import.meta.dirname, '..', '..', 'docs', 'everyday.md');

it.skipIf(process.env['SLOW'] !== '1')(
  'the commands of docs/everyday.md do what the page says, one after another',
  async () => {
    const place = await createWorkplace();
    onTestFinished(() => place.remove());
    await mkdir(place.path('team'));
    await writeFile(place.path('team/servers.json'), '{"mcpServers":{"github":{"command":"npx"}}}\n');
    const editor = place.path('editor');
    await writeFile(editor, '#!/bin/sh\nsed -i.old s/npx/node/ "$1"\n');
    const command = place.path('config-store');
    await writeFile(command, `#!/bin/sh\nexec '${process.execPath}' '${BUNDLE}' "$@"\n`);
    for (const path of [editor, command]) await chmod(path, 0o755);
    const [text = ''] = (await readFile(DOCS, 'utf8')).split('## Drafts');
    const lines = [...text.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].flatMap(([, block = '']) =>
      block.trimEnd().split('\n'),
    );
    expect(lines.length).toBeGreaterThan(15);
    const env = {
      PATH: `${place.folder}:${process.env['PATH']}`,
      HOME: place.folder,
      CONFIG_STORE_VAR: place.path('var'),
      EDITOR: editor,
    };
    for (const line of lines) {
      // There is no person to ask.
      const asked = line.startsWith('config-store edit') ? `${line} --yes` : line;
      await expect(run('sh', ['-c', asked], { cwd: place.folder, env }), line).resolves.toBeDefined();
    }
    expect((await place.run(['get', 'team/servers.json'])).stdout).toContain('npx');
  },
  300_000,
);
