import type { Guidance } from '../../core/advice.ts';
import type { Notice } from '../../core/notice.ts';
import { replaceFile } from '../../disk/replace-file.ts';
import type { PageLink } from '../../telemetry/report/report.ts';
import type { ReviewRequest } from '../../telemetry/review/review-telemetry.ts';
import type { Context } from '../shared/context.ts';
import { telemetryFolder } from './review-telemetry.ts';

/** A time to review, for a page. */
export interface TelemetryPageRequest extends ReviewRequest {
  /** Words the next step for the reader of the page. */
  readonly guide: (guidance: Guidance) => string;
  /** Where else its reader can go; nowhere unless given. */
  readonly links?: readonly PageLink[] | undefined;
}

/** A time to review, and where the page goes. */
export interface ReportTelemetryRequest extends Omit<TelemetryPageRequest, 'links'> {
  readonly file: string;
}

/** Returns the review as one self-contained web page. @throws StoreError as `reviewTelemetry` */
export async function telemetryPage(
  ctx: Context,
  { guide, links, ...request }: TelemetryPageRequest,
): Promise<{ readonly page: string; readonly notices: readonly Notice[] }> {
  const { telemetryReport } = await import('../../telemetry/report/telemetry-report.ts');
  const source = { folder: await telemetryFolder(ctx), state: ctx.telemetry.state };
  const notices: Notice[] = [];
  const leftOut = (notice: Notice) => notices.push(notice);
  const { version } = ctx.installation;
  const page = await telemetryReport(source, { ...request, prefix: ctx.prefix }, { version, guide, links, leftOut });
  return { page, notices };
}

/** Writes the review as one self-contained web page, whole or not at all. @throws StoreError as `telemetryPage`; ARGUMENT_INVALID for the file */
export async function reportTelemetry(
  ctx: Context,
  { file, ...request }: ReportTelemetryRequest,
): Promise<{ readonly path: string; readonly bytes: number; readonly notices: readonly Notice[] }> {
  const { page, notices } = await telemetryPage(ctx, request);
  const bytes = Buffer.from(page);
  const { path } = await replaceFile(file, bytes);
  return { path, bytes: bytes.length, notices };
}
