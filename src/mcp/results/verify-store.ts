import { spellLine } from '../../core/visible.ts';
import type { VerifyStoreResult } from '../../verbs/store/verify-store.ts';
import { guide } from '../advice.ts';
import { cutLines } from './lines.ts';
import { wordOrQuote } from './others.ts';
import type { Rendering } from './rendering.ts';

/** Renders one line per finding. */
export const verifyStoreRendering: Rendering<VerifyStoreResult> = {
  text: (result) =>
    cutLines(
      findings(result).map(
        ({ severity, code, where, message, hint }) => `${severity} ${code} ${wordOrQuote(where)}: ${message} (${hint})`,
      ),
    ),
  structured: (result) => ({ findings: findings(result) }),
};

function findings(result: VerifyStoreResult) {
  return result.findings.map(({ severity, code, where, message, ...guidance }) => ({
    severity,
    code,
    where: spellLine(where),
    message: spellLine(message),
    hint: spellLine(guide(guidance)),
  }));
}
