import { describe, inject } from 'vitest';
import { postgresContract } from './postgres-contract.ts';

const { current, debian, pooled } = inject('postgres');

describe.skipIf(pooled === undefined)('PostgreSQL behind PgBouncer in transaction mode', () => {
  postgresContract('postgres', { admin: debian ?? current ?? '', through: pooled ?? '' });
});
