import type { ReviewResult } from '../../telemetry/review/review-telemetry.ts';
import { cutLines } from './lines.ts';
import { wordOrQuote } from './others.ts';
import type { Rendering } from './rendering.ts';

/** Renders calls, failures and changes, one per line. */
export const reviewTelemetryRendering: Rendering<ReviewResult> = {
  text: ({ tools, lastFailures, configs }) =>
    cutLines([
      ...tools.map(
        ({ tool, calls, failures, p50Ms, p95Ms, maxMs }) =>
          `${wordOrQuote(tool)}: ${calls} called, ${failures} failed; half within ${p50Ms} ms, 95 % within ${p95Ms} ms, slowest ${maxMs} ms`,
      ),
      ...lastFailures.map(({ time, event, tool, config, code, rule, path }) => {
        const facts = [tool, config, code, rule, path]
          .filter((fact) => fact !== undefined)
          .map(wordOrQuote)
          .join('  ');
        return `failed: ${wordOrQuote(time)}  ${wordOrQuote(event)}${facts === '' ? '' : `  ${facts}`}`;
      }),
      ...configs.map(
        ({ name, version, time, commits }) =>
          `changed: ${name}  version ${version}  ${wordOrQuote(time)}  commits: ${commits}`,
      ),
    ]),
};
