import { readdirSync, rmSync } from 'node:fs';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { createWorkplace, type Workplace } from './run-cli.ts';

let place: Workplace;
beforeEach(async () => {
  place = await createWorkplace();
  onTestFinished(() => place.remove());
});

/** Commands that make no sense without a log. */
const NEED_ONE = [
  ['verify'],
  ['verify', '--depth', 'structure'],
  ['rebuild'],
  ['gc'],
  ['export', 'a', '--out', 'exported'],
  ['backup', '--out', 'exported', '--recipient', await identityToRecipient(await generateX25519Identity())],
];
/** Commands whose answer may be that there is nothing yet. */
const MAY_DO_WITHOUT = [['status'], ['list'], ['log', 'a'], ['get', 'a']];

/** What makes a log expected, each without one. */
const EXPECTED: Readonly<Record<string, () => Promise<Record<string, string>>>> = {
  'a key and a pin': async () => {
    await place.run(['put', 'a', '-'], { stdin: 'x' });
    rmSync(place.path('var/storage'), { recursive: true });
    return {};
  },
  'a key only': async () => {
    await place.run(['put', 'a', '-'], { stdin: 'x' });
    for (const lost of ['var/storage', 'var/state', 'var/keys/pin.json']) rmSync(place.path(lost), { recursive: true });
    return {};
  },
  'a pin only': async () => {
    await place.run(['put', 'a', '-'], { stdin: 'x' });
    for (const lost of ['var/storage', 'var/keys']) rmSync(place.path(lost), { recursive: true });
    return {};
  },
  'an emptied log': async () => {
    await place.run(['put', 'a', '-'], { stdin: 'x' });
    rmSync(place.path('var/storage/log'), { recursive: true });
    return {};
  },
  'a setting': async () => ({ CONFIG_STORE_ID: 'f'.repeat(64) }),
};

describe.each(Object.keys(EXPECTED))('where there is %s and no log', (what) => {
  it('every command says so', async () => {
    const env = await EXPECTED[what]?.();
    for (const args of [...NEED_ONE, ...MAY_DO_WITHOUT]) {
      const { code, stdout, stderr } = await place.run(args, env && { env });
      expect([args, code, stdout], stderr).toEqual([args, 78, '']);
      expect(stderr).toContain('STORE_MISSING');
    }
    const health = await place.run(['health'], env && { env });
    expect([health.code, health.stdout + health.stderr]).toEqual([1, expect.stringContaining('STORE_MISSING')]);
  });
});

describe('where nothing was ever stored', () => {
  it('what needs a store fails, and names the place', async () => {
    for (const args of NEED_ONE) {
      const { code, stdout, stderr } = await place.run(args);
      expect([args, code, stdout], stderr).toEqual([args, 78, '']);
      expect(stderr).toContain(`there is no store at ${place.path('var/storage')}`);
    }
    expect(readdirSync(place.folder)).toEqual(expect.not.arrayContaining(['exported']));
  });

  it('status, list and health say that there is none yet, and where', async () => {
    const none = `no store yet at ${place.path('var/storage')}`;
    for (const args of [['status'], ['list'], ['health', '--json']]) {
      const { code, stdout, stderr } = await place.run(args);
      expect([args, code, stdout], stderr).toEqual([args, 0, expect.stringContaining(none)]);
    }
  });
});

describe('init on a living store', () => {
  it.each([[['init']], [['init', '--new']], [['init', '--label', 'again']]])(
    '%j says that nothing was made',
    async (args) => {
      expect((await place.run(['init'])).stdout).not.toContain('Nothing was made');
      const head = await place.json<{ head: object }>(['status']);
      const { code, stdout } = await place.run(args);
      expect([code, stdout]).toEqual([0, expect.stringContaining('Nothing was made')]);
      expect(await place.json(args)).toMatchObject({ made: false });
      expect(await place.json(['status'])).toMatchObject({ head: head.head });
    },
  );
});

it('status leads with the id, the place and the head', async () => {
  await place.run(['init']);
  const { stdout } = await place.run(['status']);
  expect(stdout.split('\n').map((line) => line.split(' ', 1)[0])).toEqual(
    expect.arrayContaining(['store', 'location', 'head']),
  );
  expect(stdout).toMatch(/^store +[0-9a-f]{64}\nlocation +\/.*\nhead +0 {2}[0-9a-f]{64}\n/);
});
