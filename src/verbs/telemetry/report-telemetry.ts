import type { Guidance } from '../../core/advice.ts';
import type { Notice } from '../../core/notice.ts';
import { replaceFile } from '../../disk/replace-file.ts';
import type { ReviewRequest } from '../../telemetry/review/review-telemetry.ts';
import type { Context } from '../shared/context.ts';
import { telemetryFolder } from './review-telemetry.ts';

/** A time to review, and where the page goes. */
export interface ReportTelemetryRequest extends ReviewRequest {
  readonly file: string;
  /** Words the next step for the reader of the page. */
  readonly guide: (guidance: Guidance) => string;
}

/** Writes the review as one self-contained web page, whole or not at all. @throws StoreError as `reviewTelemetry`; ARGUMENT_INVALID for the file */
export async function reportTelemetry(
  ctx: Context,
  { file, guide, ...request }: ReportTelemetryRequest,
): Promise<{ readonly path: string; readonly bytes: number; readonly notices: readonly Notice[] }> {
  const { telemetryReport } = await import('../../telemetry/report/telemetry-report.ts');
  const source = { folder: await telemetryFolder(ctx), state: ctx.telemetry.state };
  const notices: Notice[] = [];
  const leftOut = (notice: Notice) => notices.push(notice);
  const { version } = ctx.installation;
  const page = Buffer.from(await telemetryReport(source, request, { version, guide, leftOut }));
  const { path } = await replaceFile(file, page);
  return { path, bytes: page.length, notices };
}
