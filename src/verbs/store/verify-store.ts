import type { Guidance } from '../../core/advice.ts';
import { isStoreError } from '../../core/errors.ts';
import { checkName } from '../../core/name.ts';
import type { Finding, VerifyDepth, VerifyReport, VerifyRequest } from '../../store/api/maintenance.ts';
import type { Store } from '../../store/api/store.ts';
import { argumentInvalid } from '../shared/argument.ts';
import type { Context } from '../shared/context.ts';
import { unknownConfig } from '../shared/not-found.ts';
import { count } from '../shared/text.ts';

/** The part to check, and how deep. */
export interface VerifyStoreRequest extends VerifyRequest {
  /** `bytes` (every artifact too) by default. */
  readonly depth?: VerifyDepth | undefined;
  /** The most findings listed: 200 unless asked. */
  readonly maxFindings?: number | undefined;
}

const DEPTHS: readonly string[] = ['structure', 'signatures', 'bytes'] satisfies VerifyDepth[];
const MAX_FINDINGS = 200;

/** The findings; nothing was changed. */
export interface VerifyStoreResult {
  readonly summary: string;
  readonly next?: Guidance | undefined;
  readonly ok: boolean;
  readonly checked: { readonly commits: number; readonly artifacts: number; readonly bytes: number };
  readonly findings: readonly Finding[];
  /** How many findings were left out of `findings`. */
  readonly findingsOmitted?: number | undefined;
  readonly seconds: number;
}

/** The whole store, or one config: structure, signatures, bytes. @throws StoreError CANCELLED, NOT_FOUND, ARGUMENT_INVALID */
export async function verifyStore(ctx: Context, request: VerifyStoreRequest): Promise<VerifyStoreResult> {
  if (request.depth !== undefined && !DEPTHS.includes(request.depth))
    throw argumentInvalid(
      'the depth is none of structure, signatures and bytes',
      'Give one of these, or none for bytes.',
    );
  const name = request.name === undefined ? undefined : checkName(request.name);
  const store = await ctx.store();
  const { ok, checked, findings, seconds } = await verified(store, {
    ...request,
    name,
    depth: request.depth ?? 'bytes',
  });
  const shown = findings.slice(0, request.maxFindings ?? MAX_FINDINGS);
  const errors = findings.filter((finding) => finding.severity === 'error').length;
  const what = `${count(checked.commits, 'commit')}, ${count(checked.artifacts, 'artifact')}, ${count(checked.bytes, 'byte')} verified in ${seconds.toFixed(1)} s`;
  return {
    summary:
      findings.length === 0
        ? `OK: ${what}`
        : `${count(errors, 'error')}, ${count(findings.length - errors, 'warning')}: ${what}`,
    next: findings[0] && { hint: findings[0].hint, advice: findings[0].advice },
    ok,
    checked,
    findings: shown,
    ...(shown.length < findings.length ? { findingsOmitted: findings.length - shown.length } : {}),
    seconds: Math.round(seconds * 1_000) / 1_000,
  };
}

async function verified(store: Store, request: VerifyRequest): Promise<VerifyReport> {
  try {
    return await store.maintenance.verify(request);
  } catch (error) {
    throw request.name !== undefined && isStoreError(error, 'NOT_FOUND')
      ? await unknownConfig(store, request.name)
      : error;
  }
}
