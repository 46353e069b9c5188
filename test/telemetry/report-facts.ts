import { guide } from '../../src/cli/output/advice.ts';
import type { EventRecord } from '../../src/telemetry/events/event-line.ts';
import { periodOf } from '../../src/telemetry/report/periods.ts';
import { type ReportInput, renderReport } from '../../src/telemetry/report/report.ts';
import type { LogChange, LogChanges } from '../../src/telemetry/review/look-facts.ts';
import { openPoints } from '../../src/telemetry/review/next-step.ts';
import { Review } from '../../src/telemetry/review/review.ts';
import { call, committed } from './day-files.ts';

/** The moment the tests' reports are made. */
export const NOW_MS = Date.parse('2026-11-20T12:00:00.000Z');
const DAY_MS = 86_400_000;

/** Markup where only text belongs: a telemetry file may hold anything. */
export const HOSTILE = `<img src=x onerror="globalThis.broken = 1"><script>globalThis.broken = 1</script>'"&`;

/** Forty failures of three codes over five days, calls, commits, and hostile text wherever a file could hold it. */
export function sampleEvents(): EventRecord[] {
  const at = (n: number) => new Date(NOW_MS - (n % 5) * DAY_MS - n * 1_000).toISOString();
  return Array.from({ length: 40 }, (_, n) => [
    call(at(n), { duration_ms: n / 10, 'config.name': 'claude-desktop/default' }),
    call(at(n), {
      level: 'warn',
      'gen_ai.tool.name': n % 2 === 0 ? 'get_config' : 'diff_configs',
      'error.type': n % 4 === 0 ? 'NOT_FOUND' : 'DIGEST_AMBIGUOUS',
      duration_ms: n,
    }),
    ...(n < 3
      ? [
          {
            level: 'warn',
            time: at(n),
            'event.name': 'config.refused',
            'gen_ai.tool.name': HOSTILE,
            'error.type': HOSTILE,
            rule: HOSTILE,
            path: HOSTILE,
            'config.name': HOSTILE,
          },
        ]
      : []),
    committed(at(n), n, {
      'config.names': [n === 0 ? HOSTILE : `team/${n % 3}`],
      'log.commit': n === 0 ? HOSTILE : 'c0ffee'.repeat(10),
    }),
  ]).flat();
}

/** Fifteen changes over five days, the newest with hostile text wherever a commit could hold it. */
export function sampleChanges(): LogChanges {
  const listed = Array.from(
    { length: 15 },
    (_, n): LogChange => ({
      index: 20 - n,
      commit: 'c0ffee'.repeat(10),
      time: new Date(NOW_MS - n * 0.3 * DAY_MS - 60_000).toISOString(),
      who: n === 0 ? HOSTILE : 'ada',
      did: ['added server ', { name: n === 0 ? HOSTILE : 'github' }, ' to ', { name: `team/${n % 3}` }],
      from: n === 0 ? HOSTILE : 'Claude Desktop',
      message: n === 0 ? HOSTILE : '',
      key: n === 0 ? HOSTILE : 'first key',
      isVerified: n !== 3,
    }),
  );
  return { listed, total: 17, isMore: false, configs: 3 };
}

/** Things to look at, of each kind; the first with hostile text. */
export const SAMPLE_ATTENTION: ReportInput['attention'] = [
  { severity: 'error', title: HOSTILE, details: [HOSTILE], text: HOSTILE },
  {
    severity: 'warning',
    title: "Cursor's file is not as it was deployed",
    details: ['github: is gone'],
    text: 'Put it back.',
  },
  { severity: 'info', title: 'A new program or address', details: ['team/1: npx @a/b@1.0'], text: '' },
];

/** The page made of these events. */
export function pageOf(events: readonly EventRecord[], days = 5, more: Partial<ReportInput> = {}): string {
  const window = { sinceMs: NOW_MS - days * DAY_MS, untilMs: NOW_MS };
  const review = new Review({ limit: 500, period: periodOf(window) });
  for (const event of events) review.add(event);
  return renderReport({
    facts: review.facts(),
    window,
    changes: { listed: [], total: 0, isMore: false, configs: 0 },
    attention: openPoints(review.facts()).map((point) => ({ ...point, details: [], text: guide(point) })),
    store: {},
    proof: 'The commit is the proof.',
    scope: undefined,
    isOff: false,
    version: '1.2.3',
    nowMs: NOW_MS,
    ...more,
  });
}

/** A page with everything on it. */
export function fullPage(): string {
  return pageOf(sampleEvents(), 5, {
    changes: sampleChanges(),
    attention: SAMPLE_ATTENTION,
    store: { store: '4f628a1d672d', host: HOSTILE, folder: HOSTILE, verified: new Date(NOW_MS - DAY_MS).toISOString() },
  });
}
