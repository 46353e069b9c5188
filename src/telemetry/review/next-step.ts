import type { Guidance } from '../../core/advice.ts';
import type { SinkState } from '../events/sink.ts';
import type { ReviewFacts } from './review-facts.ts';

/** Returns what a person should do about the facts, the most urgent only; `undefined` when nothing needs one. */
export function nextStep(
  { headline, criticalCodes, refusalCodes }: ReviewFacts,
  sink?: SinkState,
): Guidance | undefined {
  if (headline.signatureFaults > 0)
    return { hint: 'A signature, a key or stored bytes did not hold.', advice: [{ do: 'verify' }] };
  if (headline.critical > 0)
    return {
      hint: `The store was in trouble (${Object.keys(criticalCodes).join(', ')}).`,
      advice: [{ do: 'check-health' }],
    };
  if (sink?.status === 'failing') return { hint: sink.hint, advice: sink.advice };
  const secrets = refusalCodes['SECRET_FOUND'] ?? 0;
  if (secrets > 0) {
    const [were, place, them] =
      secrets === 1 ? ['A credential was', 'its', 'it'] : [`${secrets} credentials were`, 'their', 'them'];
    return {
      hint: `${were} refused: put \${env:NAME} in ${place} place, and change ${them} if others may have seen ${them}.`,
    };
  }
  const conflicts = refusalCodes['VERSION_CONFLICT'] ?? 0;
  if (conflicts > 3)
    return { hint: `${conflicts} writes came too late: let their clients read the newest version before they write.` };
  return undefined;
}
