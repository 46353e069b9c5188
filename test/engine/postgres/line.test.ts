import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { parseAddress } from '../../../src/engine/postgres/address.ts';
import { Line } from '../../../src/engine/postgres/line.ts';

const { current } = inject('postgres');

describe.skipIf(current === undefined)('the line to a database', () => {
  it('is not lost while its connections have too much to do', async () => {
    const line = new Line(parseAddress(`${current}?connect_timeout=1`), async () => undefined);
    onTestFinished(() => line.close());
    const asked = Array.from({ length: 12 }, () => line.query('SELECT pg_sleep(0.6)'));
    expect(await Promise.all(asked)).toHaveLength(12);
    expect(line.away).toBeUndefined();
  });
});
