/** Draws docs/session.svg, the picture of the README, from a session that it really runs with the built command. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';

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

const FONT_SIZE = 13;
const LINE_HEIGHT = 19;
const COLUMN = 7.83; // of a monospace font of that size
const MARGIN = 18;

interface Line {
  readonly text: string;
  readonly kind: 'comment' | 'command' | 'output';
}

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
    return draw(await runSession(folder, env));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function runSession(folder: string, env: Record<string, string>): Promise<Line[]> {
  const lines: Line[] = [];
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
    if (said !== '') lines.push(...said.split('\n').map((text): Line => ({ text, kind: 'output' })));
  }
  return lines;
}

function draw(lines: readonly Line[]): string {
  const columns = Math.max(...lines.map(({ text }) => text.length));
  const width = Math.ceil(2 * MARGIN + columns * COLUMN);
  const height = 2 * MARGIN + lines.length * LINE_HEIGHT;
  const drawn = lines.map((line, at) => {
    const y = MARGIN + (at + 0.75) * LINE_HEIGHT;
    return `  <text x="${MARGIN}" y="${y}" class="${styleOf(line)}" xml:space="preserve">${asText(line.text)}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">
  <title>A config is stored, changed, compared, restored and verified with openssl</title>
  <style>
    text { font: ${FONT_SIZE}px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; fill: #d0d7de }
    .comment { fill: #8b949e } .command { fill: #ffffff; font-weight: 600 } .change { fill: #e3b341 } .good { fill: #56d364 }
  </style>
  <rect width="100%" height="100%" rx="8" fill="#161b22"/>
${drawn.join('\n')}
</svg>
`;
}

function styleOf({ text, kind }: Line): string {
  if (kind !== 'output') return kind;
  if (/^ {2}[~+-] /.test(text)) return 'change';
  return text.startsWith('Signature Verified') ? 'good' : 'output';
}

function asText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

if (import.meta.main) await writeFile(SESSION_PICTURE, await sessionPicture());
