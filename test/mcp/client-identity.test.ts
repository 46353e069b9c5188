import { describe, expect, test } from 'vitest';
import { ClientIdentity } from '../../src/mcp/client-identity.ts';
import { credential, randomLooking } from '../policy/candidates.ts';

const token = credential('ghp', '_', randomLooking(36));

describe('who speaks to the server', () => {
  test('is what it says, and stays so where a request says nothing', async () => {
    const identity = new ClientIdentity();
    expect(identity.current).toEqual({ name: 'unknown', version: 'unknown' });
    await identity.meet({ name: 'editor', version: '1.2.3' });
    await identity.meet(undefined);
    expect(identity.current).toEqual({ name: 'editor', version: '1.2.3' });
  });

  test.each([
    [
      { name: token, version: '1' },
      { name: 'withheld', version: '1' },
    ],
    [
      { name: 'editor', version: `1.0+${token}` },
      { name: 'editor', version: 'withheld' },
    ],
    [
      { name: `editor --token ${randomLooking(32)}`, version: '1' },
      { name: 'withheld', version: '1' },
    ],
    [
      { name: Buffer.from(token).toString('base64'), version: '1' },
      { name: 'withheld', version: '1' },
    ],
  ])('is not repeated where it holds a credential: %#', async (claimed, shown) => {
    expect(await new ClientIdentity().meet(claimed)).toEqual(shown);
  });
});
