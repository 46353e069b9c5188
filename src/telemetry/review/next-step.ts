import type { Guidance } from '../../core/advice.ts';
import type { SinkState } from '../events/sink.ts';
import type { AttentionItem } from './look-facts.ts';
import type { ReviewFacts } from './review-facts.ts';

/** Returns what a person should do about the facts, the most urgent only; `undefined` when nothing needs one. */
export function nextStep(facts: ReviewFacts, sink?: SinkState): Guidance | undefined {
  const [first] = openPoints(facts, sink);
  return first && { hint: first.hint, ...(first.advice !== undefined && { advice: first.advice }) };
}

/** Returns everything in the facts that a person should look at, the most urgent first. */
export function openPoints(
  { headline, criticalCodes, refusalCodes }: ReviewFacts,
  sink?: SinkState,
): Array<AttentionItem & { readonly hint: string }> {
  const points: Array<AttentionItem & { readonly hint: string }> = [];
  if (headline.signatureFaults > 0)
    points.push({
      severity: 'error',
      title: 'Something did not verify',
      hint: 'A signature, a key or stored bytes did not hold.',
      advice: [{ do: 'verify' }],
    });
  else if (headline.critical > 0)
    points.push({
      severity: 'error',
      title: 'The store was in trouble',
      hint: `The store was in trouble (${Object.keys(criticalCodes).join(', ')}).`,
      advice: [{ do: 'check-health' }],
    });
  if (sink?.status === 'failing')
    points.push({
      severity: 'warning',
      title: 'Events are being lost',
      hint: sink.hint ?? '',
      advice: sink.advice,
    });
  const secrets = refusalCodes['SECRET_FOUND'] ?? 0;
  if (secrets > 0) {
    const [were, place, them] =
      secrets === 1 ? ['A credential was', 'its', 'it'] : [`${secrets} credentials were`, 'their', 'them'];
    points.push({
      severity: 'warning',
      title: `${secrets === 1 ? 'A credential' : 'Credentials'} in clear ${secrets === 1 ? 'was' : 'were'} sent`,
      hint: `${were} refused: put \${env:NAME} in ${place} place, and change ${them} if others may have seen ${them}.`,
    });
  }
  const conflicts = refusalCodes['VERSION_CONFLICT'] ?? 0;
  if (conflicts > 3)
    points.push({
      severity: 'warning',
      title: 'Clients write over each other',
      hint: `${conflicts} writes came too late: let their clients read the newest version before they write.`,
    });
  return points;
}
