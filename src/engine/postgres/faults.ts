import { isStoreError, StoreError } from '../../core/errors.ts';
import { addressText, type PostgresAddress } from './address.ts';

/** An answer of the database that is an error. Without its detail and message: they may quote a row. */
export class DatabaseError extends Error {
  readonly code: string;
  /** The constraint or the column that refused. */
  readonly where: string | undefined;

  constructor(code: string, where: string | undefined) {
    super(`the database answered ${code}${where === undefined ? '' : ` (${where})`}`);
    this.code = code;
    this.where = where;
  }
}

/** No answer: the line was lost, or there was none. */
export class LineLost extends Error {
  /** True when the statement was sent, so that it may have been carried out. */
  readonly sent: boolean;

  constructor(why: string, sent: boolean) {
    super(why);
    this.sent = sent;
  }
}

/** The line was lost, or the database is not what can be written now: another one may be, after a moment. */
export function isLost(code: string): boolean {
  return code.startsWith('08') || ['57P01', '57P02', '57P03', '57P05', '25P03', '53300', '25006'].includes(code);
}

/** Nothing came of the statement, and the same one may have another end. */
export function isPassing(code: string): boolean {
  return ['40001', '40P01', '55P03', '57014'].includes(code);
}

/** The schema or one of its tables is not there. */
export function isUnprepared(error: unknown): boolean {
  return error instanceof DatabaseError && ['3F000', '42P01'].includes(error.code);
}

/** Words an error of the database for a person. */
export function storeFault(error: unknown, address: PostgresAddress, doing: string): unknown {
  if (isStoreError(error)) return error;
  if (error instanceof LineLost) return unreachable(address, error);
  if (!(error instanceof DatabaseError)) return error;
  const { code } = error;
  const where = addressText(address);
  const fault = (to: ConstructorParameters<typeof StoreError>[0], message: string, hint: string) =>
    new StoreError(to, message, { hint, advice: [{ do: 'check-storage' }], details: { database: code }, cause: error });
  if (isUnprepared(error)) return unprepared(address);
  if (code === '42501')
    return fault(
      'STORE_READONLY',
      `the role ${address.user} may not ${doing} in ${where}`,
      'Nothing was changed. Use the role that owns the tables, or have it grant the right.',
    );
  if (['28P01', '28000', '3D000'].includes(code))
    return fault(
      'STORE_UNREADABLE',
      code === '3D000'
        ? `there is no database for ${where}`
        : `the database refuses to let ${address.user} in: ${where}`,
      'Look at user, password and database of the address, and at what the server lets in.',
    );
  if (code.startsWith('53') || code === '54000')
    return fault(
      'STORE_FULL',
      `the database has no room to ${doing} (${code})`,
      'Nothing was changed. Its administrator has to make room.',
    );
  if (isPassing(code))
    return fault('STORE_BUSY', `the database was too busy to ${doing} (${code})`, 'Nothing was changed. Try again.');
  return fault('STORE_UNREADABLE', `the database could not ${doing} (${code})`, 'Its log says more under this code.');
}

/** `STORE_UNREADABLE`: the database does not answer. */
export function unreachable(address: PostgresAddress, cause: LineLost): StoreError {
  return new StoreError(
    'STORE_UNREADABLE',
    `the database does not answer: ${addressText(address)} (${cause.message})`,
    {
      hint: 'Nothing was changed. Start it, or look at host, port and network; then try again.',
      advice: [{ do: 'check-storage' }],
      cause,
    },
  );
}

/** `STORE_UNSUPPORTED`: the tables are not there. */
export function unprepared(address: PostgresAddress): StoreError {
  return new StoreError('STORE_UNSUPPORTED', `the database is not prepared for a store: ${addressText(address)}`, {
    hint: 'Its owner has to make the tables once.',
    advice: [{ do: 'prepare-storage' }],
  });
}

/** `STORE_BUSY`: nothing was committed, however long it was tried. */
export function busy(reason: unknown): unknown {
  if (!isStoreError(reason, 'STORE_UNREADABLE')) return reason;
  return new StoreError('STORE_BUSY', reason.message, {
    hint: 'Nothing was committed. Try again once the database is back.',
    advice: reason.advice,
    cause: reason,
  });
}

/** `STATE_UNKNOWN` that settles itself: the commit is there whole or not at all, and the next look at the log says which. */
export function openOutcome(first: number, address: PostgresAddress): StoreError {
  return new StoreError(
    'STATE_UNKNOWN',
    `the database went away while commit ${first} was made: ${addressText(address)}`,
    {
      hint: 'It is there whole or not at all. Put the same content again once the database is back: no second version is made where it is there.',
      advice: [{ do: 'check-storage' }],
      details: { first, resolvable: true },
    },
  );
}

/** `CORRUPT`: the commit before the one to be made is not there. */
export function missingBefore(index: number): StoreError {
  return new StoreError('CORRUPT', `the log has a gap: commit ${index} is missing`, {
    hint: 'Nothing is written while the gap is there. Restore the database from a backup.',
    advice: [{ do: 'verify' }],
    details: { index },
  });
}
