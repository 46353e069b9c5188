import type { Tool } from '../tool/tool.ts';
import { applyDeployTool } from './apply-deploy.ts';
import { checkHealthTool } from './check-health.ts';
import { deleteConfigTool } from './delete-config.ts';
import { diffConfigsTool } from './diff-configs.ts';
import { discardDraftTool } from './discard-draft.ts';
import { getConfigTool } from './get-config.ts';
import { importClientTool } from './import-client.ts';
import { listConfigsTool } from './list-configs.ts';
import { listHistoryTool } from './list-history.ts';
import { patchConfigTool } from './patch-config.ts';
import { planDeployTool } from './plan-deploy.ts';
import { publishDraftsTool } from './publish-drafts.ts';
import { putConfigTool } from './put-config.ts';
import { restoreConfigTool } from './restore-config.ts';
import { reviewTelemetryTool } from './review-telemetry.ts';
import { scanClientsTool } from './scan-clients.ts';
import { undoDeployTool } from './undo-deploy.ts';
import { validateConfigTool } from './validate-config.ts';
import { verifyStoreTool } from './verify-store.ts';

/** Every tool, in the order clients see them: reading first. */
export const TOOLS = [
  listConfigsTool,
  getConfigTool,
  listHistoryTool,
  diffConfigsTool,
  validateConfigTool,
  verifyStoreTool,
  reviewTelemetryTool,
  checkHealthTool,
  scanClientsTool,
  putConfigTool,
  patchConfigTool,
  publishDraftsTool,
  discardDraftTool,
  restoreConfigTool,
  deleteConfigTool,
  importClientTool,
  planDeployTool,
  applyDeployTool,
  undoDeployTool,
] as const satisfies readonly Tool[];
