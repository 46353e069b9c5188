import { describe, inject } from 'vitest';
import { postgresContract } from './postgres-contract.ts';

const { current, pooled } = inject('postgres');

describe.skipIf(pooled === undefined)('PostgreSQL behind PgBouncer in transaction mode', () => {
  postgresContract('postgres', { admin: current ?? '', through: pooled ?? '' });
});
