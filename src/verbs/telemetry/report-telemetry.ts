import { join } from 'node:path';
import type { Guidance } from '../../core/advice.ts';
import type { Notice } from '../../core/notice.ts';
import { Durable } from '../../disk/durable.ts';
import { replaceFile } from '../../disk/replace-file.ts';
import { StateFolder } from '../../state/state-folder.ts';
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
  /** True where the files of MCP clients on this machine are the reader's. */
  readonly clientFiles: boolean;
}

/** A time to review, and where the page goes. */
export interface ReportTelemetryRequest extends Omit<TelemetryPageRequest, 'links' | 'clientFiles'> {
  /** Without one it is a file of this installation that others cannot read, and the next one replaces it. */
  readonly file?: string | undefined;
}

/** Changes of the log that a page puts into words. */
const CHANGES = 200;

/** Returns the review as one self-contained web page, joined with the signed log. @throws StoreError as `reviewTelemetry` */
export async function telemetryPage(
  ctx: Context,
  { guide, links, clientFiles, ...request }: TelemetryPageRequest,
): Promise<{ readonly page: string; readonly notices: readonly Notice[] }> {
  const { telemetryReport } = await import('../../telemetry/report/telemetry-report.ts');
  const source = { folder: await telemetryFolder(ctx), state: ctx.telemetry.state };
  const notices: Notice[] = [];
  const leftOut = (notice: Notice) => notices.push(notice);
  const { version } = ctx.installation;
  const { name, tool, failuresOnly } = request;
  // The log knows nothing of tools and failures.
  const isOfEvents = tool !== undefined || failuresOnly === true;
  const { lookBack } = await import('./look-back/look-back.ts');
  const page = await telemetryReport(
    source,
    { ...request, prefix: ctx.prefix },
    {
      ...{ version, guide, links, leftOut },
      lookBack: isOfEvents
        ? undefined
        : (reviewed, window, nowMs) => lookBack(ctx, { window, nowMs, reviewed, name, limit: CHANGES, clientFiles }),
    },
  );
  return { page, notices };
}

/** Writes the review as one self-contained web page, whole or not at all. @throws StoreError as `telemetryPage`; ARGUMENT_INVALID for the file */
export async function reportTelemetry(
  ctx: Context,
  { file, ...request }: ReportTelemetryRequest,
): Promise<{ readonly path: string; readonly bytes: number; readonly notices: readonly Notice[] }> {
  const { page, notices } = await telemetryPage(ctx, { ...request, clientFiles: true });
  const bytes = Buffer.from(page);
  const path = file === undefined ? await writePrivately(ctx, bytes) : (await replaceFile(file, bytes)).path;
  return { path, bytes: bytes.length, notices };
}

/** The folder of state is closed to others. */
async function writePrivately({ installation }: Context, bytes: Uint8Array): Promise<string> {
  const disk = new Durable();
  const folder = new StateFolder(installation.settings().paths.state, disk);
  await folder.make();
  const path = join(folder.path, 'report.html');
  await disk.writeFile(folder.path, path, bytes, 0o600);
  return path;
}
