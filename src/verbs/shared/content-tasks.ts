import type { StructuralDifference, TypedBytes } from '../../core/content/compare.ts';
import type { LineCounts } from '../../core/content/unified-diff.ts';
import type { PatchedContent } from '../../core/patch/patch-content.ts';
import { formRemark } from '../../policy/form-remark.ts';
import { type Loss, losses } from '../../policy/losses.ts';
import {
  type AdmitOptions,
  type AllowedSecret,
  admit,
  type Candidate,
  type FindingsOptions,
  findings,
  type PolicyFinding,
} from '../../policy/policy.ts';
import type { SchemaViolation } from '../../policy/schema.ts';

/**
 * Everything that parses or searches content. Arguments and results are plain data, so that a task can run in a thread of its own;
 * what it throws is a StoreError.
 */
export const CONTENT_TASKS = {
  async admit(candidate: Candidate, options: AdmitOptions): Promise<AllowedSecret[]> {
    return admit(candidate, options);
  },
  async findings(
    candidate: Candidate,
    options: FindingsOptions,
  ): Promise<{ errors: PolicyFinding[]; warnings: PolicyFinding[] }> {
    return findings(candidate, options);
  },
  async parse({ bytes, mediaType }: TypedBytes): Promise<unknown> {
    const { parseStructured } = await import('../../core/content/content.ts');
    return parseStructured(bytes, mediaType);
  },
  async isWellFormed({ bytes, mediaType }: TypedBytes): Promise<boolean> {
    const { isWellFormed } = await import('../../core/content/content.ts');
    return isWellFormed(bytes, mediaType);
  },
  async losses(before: TypedBytes, after: TypedBytes): Promise<readonly Loss[]> {
    return losses(before, after);
  },
  async formRemark(candidate: Candidate): Promise<PolicyFinding | undefined> {
    return formRemark(candidate);
  },
  async compare(before: TypedBytes | undefined, after: TypedBytes): Promise<StructuralDifference | undefined> {
    const { compareStructure } = await import('../../core/content/compare.ts');
    return compareStructure(before, after);
  },
  async unifiedDiff(nameA: string, textA: string, nameB: string, textB: string): Promise<string> {
    const { unifiedDiff } = await import('../../core/content/unified-diff.ts');
    return unifiedDiff(nameA, textA, nameB, textB);
  },
  async countLines(before: TypedBytes, after: TypedBytes): Promise<LineCounts | undefined> {
    const { countLines } = await import('../../core/content/unified-diff.ts');
    return countLines(before.bytes, after.bytes);
  },
  async lineOrigins(before: string, after: string): Promise<ReadonlyArray<number | undefined>> {
    const { lineOrigins } = await import('../../core/content/line-origins.ts');
    return lineOrigins(before, after);
  },
  async patch(content: TypedBytes, patch: Readonly<Record<string, unknown>>): Promise<PatchedContent> {
    const { patchContent } = await import('../../core/patch/patch-content.ts');
    return patchContent(content, patch);
  },
  async schemaViolations(schema: object | boolean, value: unknown): Promise<readonly SchemaViolation[]> {
    const { schemaViolationsIn } = await import('../../policy/schema.ts');
    return schemaViolationsIn(schema, value);
  },
  async replaceData(content: TypedBytes, value: unknown): Promise<PatchedContent> {
    const { replaceData } = await import('../../core/patch/patch-content.ts');
    return replaceData(content, value);
  },
} as const;

/** The names of the tasks. */
export type ContentTask = keyof typeof CONTENT_TASKS;
