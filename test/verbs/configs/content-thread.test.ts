import { expect, it } from 'vitest';
import { runContentTask } from '../../../src/verbs/shared/content-thread.ts';

const large = (text: string, mediaType: string) => ({ bytes: Buffer.from(text), mediaType });

it('large content is worked on in a thread, with the same results and the same errors', async () => {
  const json = large(`{"a":"${'x'.repeat(40_000)}"}`, 'application/json');
  expect(await runContentTask([json], 'parse', json)).toEqual({ a: 'x'.repeat(40_000) });
  const broken = large(`${' '.repeat(40_000)}{`, 'application/json');
  await expect(runContentTask([broken], 'parse', broken)).rejects.toMatchObject({
    name: 'StoreError',
    code: 'CONTENT_INVALID',
    details: { line: 1 },
  });
  const candidate = {
    name: 'a/b',
    message: '',
    ...large(`password: S3cr3tPw1\n${'#\n'.repeat(20_000)}`, 'text/plain'),
  };
  await expect(
    runContentTask([candidate], 'admit', candidate, { allowSecrets: false, maxContentBytes: 1e6 }),
  ).rejects.toMatchObject({ code: 'SECRET_FOUND' });
});

it('tasks wait for each other and all are answered', async () => {
  const contents = Array.from({ length: 5 }, (_, i) => large(`[${i},"${'x'.repeat(40_000)}"]`, 'application/json'));
  const values = await Promise.all(contents.map((content) => runContentTask([content], 'parse', content)));
  expect(values.map((value) => (value as unknown[])[0])).toEqual([0, 1, 2, 3, 4]);
});
