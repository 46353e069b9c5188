import { describe, expect, it } from 'vitest';
import { putConfig } from '../../../src/verbs/configs/put-config.ts';
import { verifyStore } from '../../../src/verbs/store/verify-store.ts';
import { setArtifact } from '../../store/damage.ts';
import { openContext, refusal } from './open-context.ts';

describe('verify', () => {
  it('counts what it checked, and reports progress', async () => {
    const { ctx } = await openContext();
    await putConfig(ctx, { name: 'a', json: { n: 1 } });
    await putConfig(ctx, { name: 'b', json: { n: 2 } });
    const progress: number[] = [];
    const result = await verifyStore(ctx, { onProgress: (done) => progress.push(done) });
    expect(result).toMatchObject({ ok: true, findings: [], checked: { commits: 3, artifacts: 2, bytes: 14 } });
    expect(progress.length).toBeGreaterThan(0);
    expect(await verifyStore(ctx, { name: 'a', depth: 'bytes' })).toMatchObject({
      ok: true,
      checked: { artifacts: 1 },
    });
  });

  it('names every damaged artifact, lists no more than asked, and changes nothing', async () => {
    const { ctx, paths } = await openContext();
    for (const n of [1, 2, 3]) {
      await putConfig(ctx, { name: `c${n}`, json: { n } });
      setArtifact(paths, `{"n":${n}}`, '{"n":9}');
    }
    const result = await verifyStore(ctx, { maxFindings: 2 });
    expect(result).toMatchObject({ ok: false, findingsOmitted: 1 });
    expect(result.findings).toHaveLength(2);
    expect(result.next?.hint).toBe(result.findings[0]?.hint);
    expect((await verifyStore(ctx, {})).findings).toHaveLength(3);
  });

  it('can be cancelled', async () => {
    const { ctx } = await openContext();
    await putConfig(ctx, { name: 'a', json: { n: 1 } });
    expect((await refusal(verifyStore(ctx, { signal: AbortSignal.abort() }))).code).toBe('CANCELLED');
  });

  it('refuses unknown names and depths', async () => {
    const { ctx } = await openContext();
    await putConfig(ctx, { name: 'claude', json: { n: 1 } });
    expect((await refusal(verifyStore(ctx, { name: 'cluade' }))).hint).toContain('claude');
    expect((await refusal(verifyStore(ctx, { depth: 'deep' as 'bytes' }))).code).toBe('ARGUMENT_INVALID');
  });
});
