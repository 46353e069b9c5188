import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { realTarget } from '../../src/clients/target/real-target.ts';
import { replaceTarget } from '../../src/clients/target/replace-target.ts';
import { readTarget } from '../../src/clients/target/target-file.ts';
import { isStoreError } from '../../src/core/errors.ts';
import { PinnedFolder } from '../../src/disk/pinned-folder.ts';
import { temporaryFolder } from '../telemetry/temporary-folder.ts';

// Another user, in a folder of their own, against root who writes a client's file there.
const isRoot = process.getuid?.() === 0;
const script = fileURLToPath(new URL('swapping-owner.ts', import.meta.url));
const NOBODY = 65534;

let base: string;
let folder: string;
let file: string;
let precious: string;
beforeEach(async () => {
  base = await temporaryFolder();
  for (let above = base; above.length > 4; above = join(above, '..')) chmodSync(above, 0o755);
  mkdirSync(join(base, 'roots'), { mode: 0o755 });
  precious = join(base, 'roots', 'config.json');
  writeFileSync(precious, '{"mcpServers":{"roots":{}}}', { mode: 0o600 });
  const home = join(base, 'home');
  folder = join(home, 'Claude');
  file = join(folder, 'config.json');
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, '{}');
  if (isRoot) for (const path of [home, folder, file]) chownSync(path, NOBODY, NOBODY);
});

/** All that is of root's, and how. */
function ofRoot(): string {
  const path = join(base, 'roots');
  const lines = ['.', ...readdirSync(path)].map((name) => {
    const { mode, uid, gid, size } = lstatSync(join(path, name));
    return [name, mode, uid, gid, size].join(' ');
  });
  return [...lines, readFileSync(precious, 'utf8')].join('\n');
}

describe.runIf(isRoot && process.platform === 'linux')('a user who swaps names while root writes', () => {
  it.each(['a link', 'a hard link', 'a folder', 'a file of his own', 'the target', 'the folder'])(
    '%s in the place of what is new changes nothing of root',
    async (how) => {
      const attacker = spawn(process.execPath, [script, how, file, precious], { stdio: ['ignore', 'pipe', 'inherit'] });
      onTestFinished(() => {
        attacker.kill('SIGKILL');
      });
      await once(attacker.stdout, 'data');
      const before = ofRoot();
      const outcomes = new Set<string>();
      for (let i = 0; i < 40; i++) {
        if (how !== 'the folder') {
          rmSync(file, { force: true, recursive: true });
          writeFileSync(file, '{}');
          chownSync(file, NOBODY, NOBODY);
        }
        try {
          await replaceTarget(await readTarget(file), `{"pad":"${'a'.repeat(1_000_000)}"}`);
          outcomes.add('written');
        } catch (error) {
          outcomes.add(isStoreError(error) ? error.code : String(error));
        }
        expect(ofRoot(), `${how}, try ${i}`).toBe(before);
      }
      for (const outcome of outcomes)
        expect(['written', 'TARGET_CHANGED', 'ARGUMENT_INVALID', 'STATE_UNKNOWN']).toContain(outcome);
    },
  );
});

describe.runIf(isRoot)('root follows', () => {
  it.each([
    ['the file', () => join(folder, 'linked.json')],
    ['a folder above it', () => join(folder, 'linked', 'config.json')],
  ])("no link of another user's in the place of %s", async (_, at) => {
    const path = at();
    const link = path.includes('/linked/') ? join(folder, 'linked') : path;
    symlinkSync(link === path ? precious : join(base, 'roots'), link);
    execFileSync('chown', ['-h', `${NOBODY}:${NOBODY}`, link]);
    await expect(readTarget(path)).rejects.toMatchObject({
      code: 'ARGUMENT_INVALID',
      message: expect.stringContaining(`belongs to uid ${NOBODY}`),
    });
  });

  it('no link of its own into a folder that others can write', async () => {
    const link = join(base, 'roots', 'link.json');
    symlinkSync(file, link);
    await expect(readTarget(link)).rejects.toMatchObject({ message: expect.stringContaining('others can write') });
  });

  it('a link of its own into a folder of its own', async () => {
    const link = join(base, 'roots', 'link.json');
    symlinkSync('config.json', link);
    await replaceTarget(await readTarget(link), '{"a":1}');
    expect(readFileSync(precious, 'utf8')).toBe('{"a":1}');
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
  });

  it("a plain path into the folder of another user, whose file stays that user's", async () => {
    const { backup } = await replaceTarget(await readTarget(file), '{"a":1}');
    for (const path of [file, `${backup}`]) expect(lstatSync(path).uid).toBe(NOBODY);
  });
});

describe('whoever it is', () => {
  it('a link that appears in the place of a folder after it was read leads nowhere', async () => {
    const target = await readTarget(file);
    rmSync(folder, { recursive: true });
    symlinkSync(join(base, 'roots'), folder);
    const before = ofRoot();
    await expect(replaceTarget(target, '{}')).rejects.toMatchObject({
      code: expect.stringMatching(/TARGET_CHANGED|ARGUMENT_INVALID/),
    });
    expect(ofRoot()).toBe(before);
  });

  it('the same bytes in another file are another file', async () => {
    const target = await readTarget(file);
    writeFileSync(`${file}.new`, '{}');
    rmSync(file);
    execFileSync('mv', [`${file}.new`, file]);
    await expect(replaceTarget(target, '{"a":1}')).rejects.toMatchObject({ code: 'TARGET_CHANGED' });
  });

  it.skipIf(process.platform === 'win32')('a FIFO, a device or a circle of links keeps nobody waiting', async () => {
    rmSync(file);
    execFileSync('mkfifo', [file]);
    await expect(readTarget(file)).rejects.toMatchObject({ message: expect.stringContaining('is not a file') });
    await expect(readTarget('/dev/zero')).rejects.toMatchObject({ message: expect.stringContaining('is not a file') });
    symlinkSync('round.json', join(base, 'roots', 'round.json'));
    expect(() => realTarget(join(base, 'roots', 'round.json'))).toThrow(/circle|not there/);
  });

  it('a folder is reached through what was opened, and says when something else is in its place', () => {
    for (const byDescriptor of process.platform === 'linux' ? [true, false] : [false]) {
      const place = join(base, `pinned-${byDescriptor}`);
      mkdirSync(place);
      const pinned = PinnedFolder.open(place, byDescriptor);
      if (pinned === undefined) throw new Error('not opened');
      expect(pinned.isInPlace()).toBe(true);
      execFileSync('mv', [place, `${place}-moved`]);
      symlinkSync(join(base, 'roots'), place);
      expect(pinned.isInPlace()).toBe(false);
      expect(PinnedFolder.open(place, byDescriptor)).toBeUndefined();
      pinned.close();
    }
  });
});
