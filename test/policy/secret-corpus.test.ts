import { expect, test } from 'vitest';
import { findings } from '../../src/policy/policy.ts';
import { everydayHarmless } from './everyday-harmless.ts';
import { everydaySecrets } from './everyday-secrets.ts';
import { laterHarmless, laterSecrets } from './later-corpus.ts';
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

const lists = {
  'by form and name': { secrets: madeUpSecrets, harmless: harmlessValues },
  'files as people have them': { secrets: everydaySecrets, harmless: everydayHarmless },
  'invented after the rules': { secrets: laterSecrets, harmless: laterHarmless },
};

test('the corpus is large', () => {
  const { secrets, harmless } = lists['by form and name'];
  expect(secrets().length).toBeGreaterThanOrEqual(400);
  expect(harmless().length).toBeGreaterThanOrEqual(400);
  expect(everydaySecrets().length).toBeGreaterThanOrEqual(200);
  expect(everydayHarmless().length).toBeGreaterThanOrEqual(400);
});

test.each(Object.entries(lists))('recall and precision of the secret scan: %s', async (list, { secrets, harmless }) => {
  const [wanted, others] = [secrets(), harmless()];
  const { refused: found, admitted: missed } = await partition(wanted);
  const { refused: falseAlarms } = await partition(others);
  const recall = found.length / wanted.length;
  const precision = found.length / (found.length + falseAlarms.length);
  const percent = (share: number) => `${(share * 100).toFixed(1)} %`;
  process.stdout.write(
    `secret scan, ${list}: recall ${percent(recall)} of ${wanted.length}, precision ${percent(precision)} with ${others.length} harmless values\n`,
  );
  // The labels name what was judged wrong; most lists are empty.
  expect({ missed: recall >= WANTED ? [] : missed, falseAlarms: precision >= WANTED ? [] : falseAlarms }).toEqual({
    missed: [],
    falseAlarms: [],
  });
  if (process.env['SHOW_CORPUS'] === '1') process.stdout.write(`${JSON.stringify({ missed, falseAlarms }, null, 1)}\n`);
});
