import { spellLine } from '../../core/visible.ts';
import type { HealthReport } from '../../verbs/store/check-health.ts';
import { guide } from '../advice.ts';
import { cutLines } from './lines.ts';
import type { Rendering } from './rendering.ts';

/** Renders one line per check. */
export const checkHealthRendering: Rendering<HealthReport> = {
  text: (report) =>
    cutLines(
      healthChecks(report).map(
        ({ ok, severity, name, message, hint }) =>
          `${ok ? 'ok' : severity === 'warning' ? 'warning' : 'NOT OK'}  ${name}: ${message}${hint === undefined ? '' : ` (${hint})`}`,
      ),
    ),
  structured: (report) => ({ checks: healthChecks(report) }),
};

function healthChecks({ checks }: HealthReport) {
  return checks.map(({ name, ok, severity, message, ...guidance }) => ({
    name,
    ok,
    severity,
    message: spellLine(message),
    hint: spellLine(guide(guidance)) || undefined,
  }));
}
