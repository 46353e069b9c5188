import { expect, test } from 'vitest';
import type { EventRecord } from '../../src/telemetry/events/event-line.ts';
import { reconcile } from '../../src/telemetry/review/reconcile.ts';
import { call, commitId, committed } from './day-files.ts';

const at = (minute: number) => `2026-11-20T12:${String(minute).padStart(2, '0')}:00.000Z`;
const entry = (index: number) => ({ index, commit: commitId(index), time: at(index) });

async function* batches(events: readonly EventRecord[]) {
  for (const event of events) yield [event];
}

test('log and events that agree', async () => {
  const log = [0, 1, 2].map(entry);
  expect(await reconcile(log, batches(log.map(({ index, time }) => committed(time, index))))).toEqual({
    commits: 3,
    matched: 3,
    beforeEvents: 0,
    withoutEvent: [],
    withoutCommit: [],
    cut: false,
  });
});

test('commits older than the events are not held against them, later ones are', async () => {
  const found = await reconcile([1, 2, 3, 4].map(entry), batches([call(at(2)), committed(at(3), 3)]));
  expect(found).toEqual({
    commits: 4,
    matched: 1,
    beforeEvents: 1,
    withoutEvent: [entry(2), entry(4)],
    withoutCommit: [],
    cut: false,
  });
});

test('events of another log, or with another index, name no commit', async () => {
  const events = [
    committed(at(1), 1),
    committed(at(2), 7, { 'log.commit': commitId(2) }),
    committed(at(3), 3, { 'log.commit': 'f'.repeat(64) }),
  ];
  const found = await reconcile([1, 2].map(entry), batches(events));
  expect(found.matched).toBe(1);
  expect(found.withoutEvent).toEqual([entry(2)]);
  expect(found.withoutCommit.map(({ index }) => index)).toEqual([7, 3]);
});

test('without telemetry nothing can be said of any commit', async () => {
  expect(await reconcile([0, 1].map(entry), batches([]))).toMatchObject({ beforeEvents: 2, withoutEvent: [] });
});

test('more events than can be kept say nothing against a commit', async () => {
  const log = [0, 1, 2, 3].map(entry);
  const events = log.map(({ index, time }) => committed(time, index));
  const made = Array.from({ length: 9 }, (_, n) => committed(at(4), 900 + n));
  expect(await reconcile(log, batches([...made, ...events]), undefined, 10)).toMatchObject({
    matched: 1,
    withoutEvent: [],
    cut: true,
  });
});

test('commits that were made since are left out, and their events too', async () => {
  const log = [0, 1, 2].map(entry);
  const events = log.map(({ index, time }) => committed(time, index));
  expect(await reconcile(log, batches(events), 2)).toMatchObject({ commits: 2, matched: 2, withoutCommit: [] });
});
