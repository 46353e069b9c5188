import { expect, test } from 'vitest';
import { findings } from '../../src/policy/policy.ts';
import { type CorpusEntry, harmlessValues, madeUpSecrets } from './secret-corpus.ts';

/** The share of each list that has to be judged right. */
const WANTED = 0.97;

async function isRefused({ content, mediaType }: CorpusEntry): Promise<boolean> {
  const { errors } = await findings({ name: 'corpus/entry', mediaType, bytes: Buffer.from(content) });
  return errors.some(({ code }) => code === 'SECRET_FOUND');
}

async function partition(entries: readonly CorpusEntry[]) {
  const refused: string[] = [];
  const admitted: string[] = [];
  for (const entry of entries) ((await isRefused(entry)) ? refused : admitted).push(entry.label);
  return { refused, admitted };
}

test('recall and precision of the secret scan', async () => {
  const secrets = madeUpSecrets();
  const harmless = harmlessValues();
  expect(secrets.length).toBeGreaterThanOrEqual(400);
  expect(harmless.length).toBeGreaterThanOrEqual(400);
  const { refused: found, admitted: missed } = await partition(secrets);
  const { refused: falseAlarms } = await partition(harmless);
  const recall = found.length / secrets.length;
  const precision = found.length / (found.length + falseAlarms.length);
  const percent = (share: number) => `${(share * 100).toFixed(1)} %`;
  process.stdout.write(
    `secret scan: recall ${percent(recall)} of ${secrets.length}, precision ${percent(precision)} with ${harmless.length} harmless values\n`,
  );
  // The labels name what was judged wrong; most lists are empty.
  expect({ missed: recall >= WANTED ? [] : missed, falseAlarms: precision >= WANTED ? [] : falseAlarms }).toEqual({
    missed: [],
    falseAlarms: [],
  });
  if (process.env['SHOW_CORPUS'] === '1') process.stdout.write(`${JSON.stringify({ missed, falseAlarms }, null, 1)}\n`);
});
