/** Where everything of an installation lives; each folder may be a volume of its own. Absolute paths. */
export interface StorePaths {
  readonly root: string;
  readonly storage: string;
  readonly keys: string;
  readonly state: string;
  readonly telemetry: string;
}
