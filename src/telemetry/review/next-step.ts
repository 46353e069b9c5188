import type { SinkState } from '../events/sink.ts';
import type { ReviewFacts } from './review-facts.ts';

/** What a person should do about the facts, most urgent first; `undefined` when nothing needs one. */
export function nextStep({ headline, criticalCodes, refusalCodes }: ReviewFacts, sink?: SinkState): string | undefined {
  if (headline.signatureFaults > 0)
    return 'A signature, a key or stored bytes did not hold: run "config-store verify" and read its findings.';
  if (headline.critical > 0)
    return `The store was in trouble (${Object.keys(criticalCodes).join(', ')}): run "config-store health" and follow its hints.`;
  if (sink?.status === 'failing') return sink.hint;
  const secrets = refusalCodes['SECRET_FOUND'] ?? 0;
  if (secrets > 0) {
    const [were, place, them] =
      secrets === 1 ? ['A credential was', 'its', 'it'] : [`${secrets} credentials were`, 'their', 'them'];
    return `${were} refused: put \${env:NAME} in ${place} place, and change ${them} if others may have seen ${them}.`;
  }
  if (headline.drift > 0)
    return 'A client\'s file differs from the store: run "config-store scan", then import or deploy.';
  const conflicts = refusalCodes['VERSION_CONFLICT'] ?? 0;
  if (conflicts > 3)
    return `${conflicts} writes came too late: let their clients read the newest version before they write.`;
  return undefined;
}
