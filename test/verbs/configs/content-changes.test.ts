import { describe, expect, it } from 'vitest';
import { compareContent, reportChanges, UNLIMITED } from '../../../src/verbs/shared/content-changes.ts';

const content = (text: string, mediaType: string) => ({ bytes: Buffer.from(text), mediaType });

describe('changes between two contents', () => {
  it('compares documents value by value, also across formats', async () => {
    const changes = await compareContent(
      content('{"a":1,"b":2}', 'application/json'),
      content('a: 1\nb: 3\n', 'application/yaml'),
    );
    expect(changes).toEqual([{ op: 'replace', path: '/b', before: 2, after: 3 }]);
  });

  it('says nothing where only the spelling differs', async () => {
    expect(
      await compareContent(content('{"a":1}', 'application/json'), content('{ "a": 1 }', 'application/json')),
    ).toEqual([]);
  });

  it('counts text, damaged documents and new text as one change without values', async () => {
    const whole = [{ op: 'replace', path: '', extent: '1 line added, 1 removed' }];
    expect(await compareContent(content('a', 'text/plain'), content('b', 'text/plain'))).toEqual(whole);
    expect(await compareContent(content('{', 'application/json'), content('{}', 'application/json'))).toEqual(whole);
    expect(await compareContent(undefined, content('b', 'text/plain'))).toEqual([{ op: 'add', path: '' }]);
  });

  it('shows a new document whole', async () => {
    expect(await compareContent(undefined, content('{"a":1}', 'application/json'))).toEqual([
      { op: 'add', path: '', after: { a: 1 } },
    ]);
  });
});

describe('what a result shows of changes', () => {
  const many = Array.from({ length: 250 }, (_, i) => ({ op: 'add', path: `/${i}`, after: i }) as const);

  it('counts what it leaves out', async () => {
    const { changes, changesOmitted } = await reportChanges(many);
    expect(changes).toHaveLength(200);
    expect(changesOmitted).toBe(50);
  });

  it('cuts long values, says so, and never in the middle of a surrogate pair', async () => {
    const { changes } = await reportChanges([
      { op: 'replace', path: '/a', before: 1, after: `${'x'.repeat(998)}😀${'y'.repeat(50)}` },
    ]);
    expect(changes[0]).toMatchObject({ before: 1, cut: true });
    expect(changes[0]?.after).toBe(`"${'x'.repeat(998)}…`);
  });

  it('keeps to a total however many values are long', async () => {
    const { changes, changesOmitted } = await reportChanges(
      many.map(({ path }) => ({ op: 'add', path, after: 'x'.repeat(5_000) })),
    );
    expect(changes.length).toBeLessThanOrEqual(21);
    expect(changes.length + (changesOmitted ?? 0)).toBe(250);
  });

  it('shows everything where everything is asked for', async () => {
    expect(await reportChanges(many, UNLIMITED)).toEqual({ changes: many });
  });

  it('cuts both sides around their first difference, and shows texts word by word', async () => {
    const rule = 'Keep to the rules of the house. '.repeat(60);
    const { changes } = await reportChanges([
      { op: 'replace', path: '/a', before: `${rule}Never push.`, after: `${rule}Always push.` },
      { op: 'replace', path: '/b', before: { x: rule, y: 1 }, after: { x: rule, y: 2 } },
    ]);
    expect(changes[0]?.words).toBe('…the rules of the house. [-Never-]{+Always+} push.');
    for (const { before, after } of changes) expect(before).not.toBe(after);
    expect(changes[1]).toMatchObject({ cut: true });
    expect(changes[1]?.after).toMatch(/"y":2\}$/);
  });
});
