import { MAX_ENVELOPE_BYTES } from '../../core/commit/envelope.ts';
import type { Tables } from './tables.ts';

/** The format that the table `meta` names for a store of ours. */
export const FORMAT = 'mcp-config-store 1';
/** The tables this release reads and writes. */
export const SCHEMA_VERSION = 1;
/** The most bytes a draft may have: 64 MiB of content as base64, and room for the rest. */
export const MAX_DRAFT_BYTES = 96 * 1_048_576;

/**
 * Returns the statements that bring the tables from one version to the next, by the number of the version they end at. They
 * run in one transaction; a released one never changes.
 */
export function migrations(tables: Tables): readonly string[][] {
  const { schema, log, objects, drafts, quarantine, meta } = tables;
  return [
    [
      `CREATE TABLE ${log} (
        idx bigint PRIMARY KEY CHECK (idx BETWEEN 0 AND 999999999),
        prev bigint GENERATED ALWAYS AS (CASE WHEN idx = 0 THEN NULL ELSE idx - 1 END) STORED REFERENCES ${log} (idx),
        envelope bytea NOT NULL CHECK (octet_length(envelope) BETWEEN 1 AND ${MAX_ENVELOPE_BYTES}))`,
      `CREATE TABLE ${objects} (
        digest bytea PRIMARY KEY CHECK (octet_length(digest) = 32),
        bytes bytea NOT NULL CHECK (digest = sha256(bytes)),
        stored_at timestamptz NOT NULL DEFAULT now())`,
      `CREATE TABLE ${drafts} (
        name_hash bytea PRIMARY KEY CHECK (octet_length(name_hash) = 32),
        revision bigint NOT NULL CHECK (revision BETWEEN 1 AND 999999999999999),
        body bytea NOT NULL CHECK (octet_length(body) <= ${MAX_DRAFT_BYTES}),
        live boolean NOT NULL)`,
      `CREATE TABLE ${quarantine} (
        idx bigint NOT NULL,
        envelope bytea NOT NULL,
        moved_at timestamptz NOT NULL DEFAULT now())`,
      `CREATE TABLE ${meta} (
        one boolean PRIMARY KEY DEFAULT true CHECK (one),
        format text NOT NULL,
        schema_version int NOT NULL,
        moved_to text)`,
      `INSERT INTO ${meta} (format, schema_version) VALUES ('${FORMAT}', 1)`,
      // Hashes and signatures do not compress, and pieces of a long value are read without the rest.
      `ALTER TABLE ${log} ALTER COLUMN envelope SET STORAGE EXTERNAL`,
      `ALTER TABLE ${objects} ALTER COLUMN bytes SET STORAGE EXTERNAL`,
      `CREATE FUNCTION ${schema}.refuse() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION 'the log is only appended to' USING ERRCODE = 'insufficient_privilege'; END $$`,
      `CREATE TRIGGER log_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ${log}
        FOR EACH STATEMENT EXECUTE FUNCTION ${schema}.refuse()`,
      `ALTER TABLE ${log} ENABLE ALWAYS TRIGGER log_append_only`,
      // Enabled once the store was moved away: then nothing is appended either.
      `CREATE TRIGGER log_moved BEFORE INSERT ON ${log} FOR EACH STATEMENT EXECUTE FUNCTION ${schema}.refuse()`,
      `CREATE TRIGGER drafts_moved BEFORE INSERT ON ${drafts} FOR EACH STATEMENT EXECUTE FUNCTION ${schema}.refuse()`,
      `ALTER TABLE ${log} DISABLE TRIGGER log_moved`,
      `ALTER TABLE ${drafts} DISABLE TRIGGER drafts_moved`,
    ],
  ];
}

/** Settings of the role that writes: its answers are durable, and what hangs ends. A pooler refuses them from a client. */
export const WRITER_SETTINGS = {
  synchronous_commit: 'on',
  statement_timeout: '8s',
  idle_in_transaction_session_timeout: '5s',
} as const;

/** Who is to have which rights. */
export interface Roles {
  readonly writer?: string | undefined;
  readonly reader?: string | undefined;
}

/** Returns the statements that give the roles exactly their rights. @param quote spells a role's name in a statement */
export function grants(tables: Tables, { writer, reader }: Roles, quote: (name: string) => string): string[] {
  const { schema, log, objects, drafts, quarantine, meta } = tables;
  const all = [log, objects, drafts, quarantine, meta].join(', ');
  const read = (role: string) => [
    `REVOKE ALL ON SCHEMA ${schema} FROM ${role}`,
    `REVOKE ALL ON ${all} FROM ${role}`,
    `GRANT USAGE ON SCHEMA ${schema} TO ${role}`,
    `GRANT SELECT ON ${all} TO ${role}`,
  ];
  const write = (role: string) => [
    ...read(role),
    `GRANT INSERT ON ${log}, ${objects}, ${drafts} TO ${role}`,
    // A damaged copy is replaced; the check of the table refuses every other change.
    `GRANT UPDATE (bytes) ON ${objects} TO ${role}`,
    `GRANT UPDATE (revision, body, live) ON ${drafts} TO ${role}`,
  ];
  return [...(reader === undefined ? [] : read(quote(reader))), ...(writer === undefined ? [] : write(quote(writer)))];
}
