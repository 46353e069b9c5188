import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import packageJson from '../package.json' with { type: 'json' };

const ROOT = join(import.meta.dirname, '..');
/** Where links of the README lead, so that they work at npm too. */
const HERE = `${packageJson.homepage.replace('#readme', '')}/blob/main/`;
const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
const linksOf = (text: string) => [...text.matchAll(/(?<!!)\[[^\]]+\]\(([^)\s]+)\)/g)].map(([, target]) => `${target}`);
const documents = [
  'AGENTS.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  ...readdirSync(join(ROOT, 'docs')).map((name) => `docs/${name}`),
];

describe('README.md', () => {
  it('is one page', () => {
    expect(readme.split('\n').length).toBeLessThan(120);
  });

  it('has the two command lines: one does the main job, one passes the tests', () => {
    expect(readme).toContain('\nnpm ci && npm run quickstart\n');
    expect(readme).toContain('\nnpm ci && npm test\n');
  });

  it('links with whole addresses, to files that are there', () => {
    const links = linksOf(readme);
    expect(links.length).toBeGreaterThan(15);
    for (const link of links) {
      expect(link).toMatch(/^https:\/\//);
      if (link.startsWith(HERE)) expect(existsSync(join(ROOT, link.slice(HERE.length))), link).toBe(true);
    }
    for (const [, picture = ''] of readme.matchAll(/!\[[^\]]+\]\(([^)]+)\)/g))
      expect(existsSync(join(ROOT, picture)), picture).toBe(true);
  });
});

/** The anchors of a document's headings, as hosts make them. */
function anchorsOf(path: string): string[] {
  const headings = readFileSync(path, 'utf8').match(/^#+ .*$/gm) ?? [];
  return headings.map((heading) =>
    heading
      .replace(/^#+ /, '')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replaceAll(' ', '-'),
  );
}

it.each(documents.filter((name) => name.endsWith('.md')))('%s links to what is there', (name) => {
  const path = join(ROOT, name);
  const text = readFileSync(path, 'utf8').replace(/^```.*?^```/gms, '');
  const broken = linksOf(text).filter((link) => {
    if (/^[a-z]+:/.test(link)) return false;
    const [file = '', anchor] = link.split('#');
    const target = file === '' ? path : join(dirname(path), file);
    return !existsSync(target) || (anchor !== undefined && !anchorsOf(target).includes(anchor));
  });
  expect(broken).toEqual([]);
});
