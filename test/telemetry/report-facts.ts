import { guide } from '../../src/cli/output/advice.ts';
import type { EventRecord } from '../../src/telemetry/events/event-line.ts';
import { periodOf, renderReport } from '../../src/telemetry/report/report.ts';
import { nextStep } from '../../src/telemetry/review/next-step.ts';
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

/** The page made of these events. */
export function pageOf(events: readonly EventRecord[], days = 5): string {
  const window = { sinceMs: NOW_MS - days * DAY_MS, untilMs: NOW_MS };
  const review = new Review({ limit: 500, period: periodOf(window) });
  for (const event of events) review.add(event);
  const facts = review.facts();
  const next = nextStep(facts);
  const words = { next: next && guide(next), proof: 'The commit is the proof.' };
  return renderReport({ facts, window, ...words, scope: undefined, version: '1.2.3', nowMs: NOW_MS });
}
