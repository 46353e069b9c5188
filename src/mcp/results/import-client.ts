import type { ImportClientResult } from '../../verbs/clients/import-client.ts';
import { cutLines } from './lines.ts';
import { wordOrQuote } from './others.ts';
import type { Rendering } from './rendering.ts';

/** Renders a line for each value that was not stored, and for what has no place. */
export const importClientRendering: Rendering<ImportClientResult> = {
  text: ({ refused, leftOut }) =>
    cutLines([
      ...refused.map(
        ({ server, field, rule, variable }) =>
          `not stored: ${wordOrQuote(server)} ${wordOrQuote(field)} (${rule}); the store refers to ${variable}`,
      ),
      ...leftOut.map(({ server, what }) => `left out: ${wordOrQuote(server)}: ${wordOrQuote(what)}`),
    ]),
};
