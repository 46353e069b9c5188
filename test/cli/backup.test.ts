import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createWorkplace, type Workplace } from './run-cli.ts';

let place: Workplace;
let store: string;
const identities: string[] = [];
const recipients: string[] = [];

beforeAll(async () => {
  place = await createWorkplace();
  for (const name of ['one', 'two']) {
    const identity = await generateX25519Identity();
    identities.push(identity);
    recipients.push(await identityToRecipient(identity));
    writeFileSync(place.path(name), `${identity}\n`);
  }
  await place.run(['put', 'a', '-'], { stdin: 'x' });
  store = (await place.json<{ store: string }>(['status'])).store;
  writeFileSync(place.path('recipients'), `# mine\n${recipients[1]}\n`);
  const args = ['--recipient', recipients[0] ?? '', '--recipients-file', 'recipients', '--armor'];
  const { code, stderr } = await place.run(['backup', '--out', 'all.age', ...args]);
  expect([code, stderr]).toEqual([0, '']);
  return () => place.remove();
});

describe('a backup', () => {
  it('opens for each of its readers, and says of which store it is and where it ends', async () => {
    for (const name of ['one', 'two']) {
      const { code, stdout } = await place.run(['backup', 'verify', 'all.age', '--identity', name]);
      expect([code, stdout]).toEqual([0, expect.stringContaining(`of the store ${store}, up to commit 1 (`)]);
    }
    const other = ['backup', 'verify', 'all.age', '--identity', 'one', '--expect-store', 'f'.repeat(64)];
    expect(await place.run(other)).toMatchObject({ code: 2, stderr: expect.stringContaining('STORE_FOREIGN') });
  });

  it('goes back into the folders in use, where they are empty, and then it is the same store', async () => {
    const elsewhere = await createWorkplace();
    onTestFinished(() => elsewhere.remove());
    const args = ['backup', 'restore', place.path('all.age'), '--identity', place.path('two')];
    expect(await elsewhere.run(args)).toMatchObject({ code: 0, stderr: '' });
    expect(await elsewhere.run(['put', 'a', '-'], { stdin: 'y' })).toMatchObject({ code: 0 });
    expect(await elsewhere.json(['status'])).toMatchObject({ store, head: { index: 2 } });
    expect(await elsewhere.run(args)).toMatchObject({ code: 64, stderr: expect.stringContaining('is not empty') });
  });

  it('is refused with an option given twice that counts once', async () => {
    const twice = await place.run(['backup', '--out', 'b.age', '--out', 'c.age', '--recipient', recipients[0] ?? '']);
    expect(twice).toMatchObject({ code: 64, stderr: expect.stringContaining('--out was given twice') });
    expect(readdirSync(place.folder)).toEqual(expect.not.arrayContaining(['b.age', 'c.age']));
  });
});

describe('keys restore', () => {
  it('puts lost keys back, next to a storage that is still there', async () => {
    const back = await createWorkplace();
    onTestFinished(() => back.remove());
    await back.run(['backup', 'restore', place.path('all.age'), '--identity', place.path('one')]);
    rmSync(back.path('var/keys'), { recursive: true });
    expect((await back.run(['put', 'a', '-'], { stdin: 'z' })).code).toBe(77);
    const args = ['keys', 'restore', place.path('all.age'), '--identity', place.path('one')];
    expect(await back.run(args)).toMatchObject({ code: 0, stdout: expect.stringContaining('1 private key is in') });
    expect((await back.run(['put', 'a', '-'], { stdin: 'z' })).code).toBe(0);
  });

  it('never over the keys of another store, unless its id is typed', async () => {
    const other = await createWorkplace();
    onTestFinished(() => other.remove());
    await other.run(['init']);
    const before = readdirSync(other.path('var/keys')).sort();
    const args = ['keys', 'restore', place.path('all.age'), '--identity', place.path('one')];
    expect(await other.run(args)).toMatchObject({ code: 2, stderr: expect.stringContaining('STORE_FOREIGN') });
    expect((await other.run([...args, '--force'])).code).toBe(64);
    expect((await other.run([...args, '--force', '--expect-store', 'f'.repeat(64)])).code).toBe(2);
    expect(readdirSync(other.path('var/keys')).sort()).toEqual(before);
    expect(await other.run([...args, '--force', '--expect-store', store])).toMatchObject({ code: 0 });
    expect(existsSync(other.path(`var/keys/${store}.key.pem`))).toBe(true);
  });
});
