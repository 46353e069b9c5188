import { snakeCase } from '../../core/case.ts';
import { spellJson } from '../../core/visible.ts';
import type { Context } from '../../verbs/shared/context.ts';
import { checkHealthRendering } from '../results/check-health.ts';
import { render } from '../results/rendering.ts';
import { readLog } from './log-resource.ts';

/** Returns what `store://health` holds, as JSON. */
export async function healthView(context: Context): Promise<string> {
  const { checkHealth } = await import('../../verbs/store/check-health.ts');
  return json(render(await checkHealth(context), checkHealthRendering).structured);
}

/** Returns what `store://log` holds, as JSON. @throws StoreError where the store cannot be read */
export async function logView(context: Context): Promise<string> {
  return json(await readLog(await context.store()));
}

function json(value: unknown): string {
  return spellJson(JSON.stringify(snakeCase(value), undefined, 2));
}
