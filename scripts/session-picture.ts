/** Draws docs/session.svg, the picture of the README, from a session that it really runs with the built command. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { drawTerminal, type TerminalLine } from './terminal-picture.ts';

const ROOT = join(import.meta.dirname, '..');
/** The file this makes. */
export const SESSION_PICTURE = join(ROOT, 'docs', 'session.svg');

const BEFORE = { command: 'npx', args: ['-y', '@modelcontextprotocol/server-filesystem@2026.7.10', '/home/ana/notes'] };
const AFTER = { ...BEFORE, args: [...BEFORE.args.slice(0, -1), '/home/ana'] };
const SESSION = [
  '# a config, and what became of it',
  'config-store put team/servers servers.json --message "one folder"',
  'config-store put team/servers changed.json --message "convenience"',
  'config-store diff team/servers@1 team/servers@2',
  '# back, and the proof for someone who has only openssl',
  'config-store restore team/servers@1',
  'config-store export team/servers --out evidence | head -n 1; cd evidence',
  `cut -d'"' -f4 envelope.json | openssl base64 -d -A > statement.json`,
  `cut -d'"' -f18 envelope.json | openssl base64 -d -A > signature.bin`,
  `(printf 'DSSEv1 28 application/vnd.in-toto+json %d ' $(wc -c < statement.json); cat statement.json) > signed.bin`,
  'openssl pkeyutl -verify -pubin -inkey key.pub.pem -rawin -in signed.bin -sigfile signature.bin',
] as const;

const TITLE = 'A config is stored, changed, compared, restored and verified with openssl';

/** Runs the session in a folder of its own and returns it as SVG. */
export async function sessionPicture(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'session-'));
  try {
    await mkdir(join(folder, 'bin'));
    await symlink(join(ROOT, 'dist', 'main.js'), join(folder, 'bin', 'config-store'));
    for (const [file, files] of Object.entries({ 'servers.json': BEFORE, 'changed.json': AFTER }))
      await writeFile(join(folder, file), JSON.stringify({ mcpServers: { files } }));
    const env = {
      PATH: [join(folder, 'bin'), dirname(process.execPath), process.env['PATH']].join(delimiter),
      HOME: folder,
      CONFIG_STORE_VAR: join(folder, 'var'),
    };
    return drawTerminal(await runSession(folder, env), TITLE);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function runSession(folder: string, env: Record<string, string>): Promise<TerminalLine[]> {
  const lines: TerminalLine[] = [];
  let cwd = folder;
  for (const command of SESSION) {
    if (command.startsWith('#')) {
      lines.push({ text: command, kind: 'comment' });
      continue;
    }
    const { stdout } = await promisify(execFile)('sh', ['-ec', command], { cwd, env });
    if (command.endsWith('cd evidence')) cwd = join(folder, 'evidence');
    lines.push({ text: `$ ${command}`, kind: 'command' });
    const said = stdout.replaceAll(`${folder}/`, '').trimEnd();
    if (said !== '') lines.push(...said.split('\n').map((text): TerminalLine => ({ text, kind: 'output' })));
  }
  return lines;
}

if (import.meta.main) await writeFile(SESSION_PICTURE, await sessionPicture());
