import { rm } from 'node:fs/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isStoreError } from '../../../src/core/errors.ts';
import { canonicalJson } from '../../../src/core/json/canonical-json.ts';
import { mergePatch } from '../../../src/core/json/merge-patch.ts';
import { deleteConfig } from '../../../src/verbs/configs/delete-config.ts';
import { getConfig } from '../../../src/verbs/configs/get-config.ts';
import { patchConfig } from '../../../src/verbs/configs/patch-config.ts';
import { putConfig } from '../../../src/verbs/configs/put-config.ts';
import { restoreConfig } from '../../../src/verbs/configs/restore-config.ts';
import { discardDraft } from '../../../src/verbs/drafts/discard-draft.ts';
import { publishDrafts } from '../../../src/verbs/drafts/publish-drafts.ts';
import type { Context } from '../../../src/verbs/shared/context.ts';
import { propertyRuns } from '../../property-runs.ts';
import { openContext, temporaryPaths } from './open-context.ts';

type Document = Record<string, unknown>;
type Step = { client: number; name: string } & (
  | { verb: 'put' | 'draft'; json: Document; expected?: number | undefined }
  | { verb: 'patch' | 'patchDraft'; patch: Document; expected?: number | undefined }
  | { verb: 'restore'; version: number }
  | { verb: 'delete'; expected?: number | undefined }
  | { verb: 'publish' }
  | { verb: 'publishAll' }
  | { verb: 'discard' }
);

/** What the store must do, on plain maps: versions are texts, `undefined` a deletion. */
class Model {
  readonly versions = new Map<string, Array<string | undefined>>();
  readonly drafts = new Map<string, { text: string; base: number }>();

  apply(step: Step): boolean {
    const all = this.versions.get(step.name) ?? [];
    const newest = all.length;
    const head = all.at(-1);
    const draft = this.drafts.get(step.name);
    const expected = 'expected' in step ? step.expected : undefined;
    if (expected !== undefined && expected !== newest && !(expected === 0 && head === undefined)) return false;
    switch (step.verb) {
      case 'put':
        return this.#add(step.name, canonicalJson(step.json));
      case 'patch':
        return head !== undefined && this.#add(step.name, patched(head, step.patch));
      case 'draft':
        return this.#save(
          step.name,
          canonicalJson(step.json),
          expected === undefined ? (draft?.base ?? newest) : newest,
        );
      case 'patchDraft': {
        const base = draft?.text ?? head;
        return base !== undefined && this.#save(step.name, patched(base, step.patch), draft?.base ?? newest);
      }
      case 'restore': {
        const text = all[step.version - 1];
        return text !== undefined && this.#add(step.name, text);
      }
      case 'delete':
        if (head === undefined) return false;
        all.push(undefined);
        return true;
      case 'publish':
        return this.#publish([step.name]);
      case 'publishAll':
        return this.#publish([...this.drafts.keys()]);
      case 'discard':
        return this.drafts.delete(step.name);
    }
  }

  #add(name: string, text: string): boolean {
    const all = this.versions.get(name) ?? [];
    if (all.at(-1) !== text) this.versions.set(name, [...all, text]);
    return true;
  }

  #save(name: string, text: string, base: number): boolean {
    this.drafts.set(name, { text, base });
    return true;
  }

  #publish(names: readonly string[]): boolean {
    const follows = (name: string) => {
      const { base } = this.drafts.get(name) ?? { base: -1 };
      const all = this.versions.get(name) ?? [];
      return base === all.length || (base === 0 && all.at(-1) === undefined);
    };
    if (names.length === 0 || !names.every(follows)) return false;
    for (const name of names) {
      this.#add(name, this.drafts.get(name)?.text ?? '');
      this.drafts.delete(name);
    }
    return true;
  }
}

const patched = (text: string, patch: Document) => canonicalJson(mergePatch(JSON.parse(text), patch));

/** Does the step on the store; false when it was refused as a client may expect. */
async function perform(ctx: Context, step: Step): Promise<boolean> {
  const { name } = step;
  const on = { name, expectedVersion: 'expected' in step ? step.expected : undefined };
  try {
    switch (step.verb) {
      case 'put':
      case 'draft':
        await putConfig(ctx, { ...on, json: step.json, draft: step.verb === 'draft' });
        return true;
      case 'patch':
      case 'patchDraft':
        await patchConfig(ctx, { ...on, patch: step.patch, draft: step.verb === 'patchDraft' });
        return true;
      case 'restore':
        await restoreConfig(ctx, { name, version: step.version });
        return true;
      case 'delete':
        await deleteConfig(ctx, on);
        return true;
      case 'publish':
        await publishDrafts(ctx, { names: [name] });
        return true;
      case 'publishAll':
        await publishDrafts(ctx, {});
        return true;
      case 'discard':
        return (await discardDraft(ctx, { name })).discarded;
    }
  } catch (error) {
    if (isStoreError(error, 'NOT_FOUND', 'VERSION_CONFLICT', 'ARGUMENT_INVALID')) return false;
    throw error;
  }
}

const small = fc.dictionary(
  fc.constantFrom('a', 'b', 'c'),
  fc.oneof(fc.integer({ min: 0, max: 2 }), fc.constant('x')),
  { maxKeys: 2 },
);
const patch = fc.dictionary(
  fc.constantFrom('a', 'b', 'c'),
  fc.oneof(fc.integer({ min: 0, max: 2 }), fc.constant(null)),
  { minKeys: 1, maxKeys: 2 },
);
const expected = fc.option(fc.integer({ min: 0, max: 4 }), { nil: undefined, freq: 3 });
const where = { client: fc.integer({ min: 0, max: 2 }), name: fc.constantFrom('one', 'two/three') };
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ ...where, verb: fc.constantFrom('put', 'draft'), json: small, expected }) },
  { weight: 4, arbitrary: fc.record({ ...where, verb: fc.constantFrom('patch', 'patchDraft'), patch, expected }) },
  {
    weight: 2,
    arbitrary: fc.record({ ...where, verb: fc.constant('restore'), version: fc.integer({ min: 1, max: 5 }) }),
  },
  { weight: 1, arbitrary: fc.record({ ...where, verb: fc.constant('delete'), expected }) },
  { weight: 3, arbitrary: fc.record({ ...where, verb: fc.constantFrom('publish', 'publishAll', 'discard') }) },
);

describe('any sequence of changes by several clients', () => {
  it('gives the heads, histories and drafts of the model', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), async (steps) => {
        const paths = await temporaryPaths();
        const clients = await Promise.all(['a', 'b', 'c'].map((client) => openContext({ paths, client })));
        const model = new Model();
        for (const [i, current] of steps.entries()) {
          const done = await perform((clients[current.client] as (typeof clients)[number]).ctx, current);
          expect([i, done]).toEqual([i, model.apply(current)]);
        }
        for (const { ctx, store } of clients) {
          for (const [name, texts] of model.versions) {
            expect((await store.reader.head(name))?.version).toBe(texts.length);
            for (const [i, text] of texts.entries()) {
              if (text !== undefined)
                expect(await getConfig(ctx, { name, version: i + 1 })).toMatchObject({ content: text, verified: true });
            }
          }
          const drafts: unknown[] = [];
          for (const { name, baseVersion } of await store.drafts.list())
            drafts.push([name, Buffer.from((await store.drafts.get(name))?.bytes ?? '').toString(), baseVersion]);
          expect(drafts).toEqual([...model.drafts].sort().map(([name, { text, base }]) => [name, text, base]));
        }
        await Promise.all(clients.map(({ store }) => store.close()));
        await rm(paths.root, { recursive: true });
      }),
      { ...propertyRuns, numRuns: Math.ceil(propertyRuns.numRuns / 3) },
    );
  }, 600_000);
});
