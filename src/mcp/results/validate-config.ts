import type { ValidateConfigResult } from '../../verbs/configs/validate-config.ts';
import { cutLines } from './lines.ts';
import { remarkLines } from './remarks.ts';
import type { Rendering } from './rendering.ts';

/** Renders one line per finding, errors first. */
export const validateConfigRendering: Rendering<ValidateConfigResult> = {
  text: ({ errors, warnings }) => cutLines([...remarkLines('error', errors), ...remarkLines('warning', warnings)]),
};
