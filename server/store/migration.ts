import { StoreOpenError } from "./errors.ts";

/** One step of the schema, forward only: a released step is never changed, a mistake is mended by the next. */
export interface Migration {
  /** The schema's version once it has run; counted from 1 without a gap. */
  readonly version: number;
  readonly sql: string;
}

/** What bringing a schema up to date has changed. */
export interface SchemaChange {
  /** The version before; 0 where there was no schema. */
  readonly from: number;
  readonly to: number;
}

/** What is still to be done to a schema. */
export interface SchemaStatus {
  /** 0 where there is no schema yet. */
  readonly version: number;
  readonly pending: readonly Migration[];
}

export function pendingAfter(version: number, migrations: readonly Migration[]): readonly Migration[] {
  return migrations.filter((migration) => migration.version > version);
}

/** For a schema that is to be read and not to be changed. */
export function olderSchema(version: number, newest: number): StoreOpenError {
  return new StoreOpenError(
    `The schema of the database in DATABASE_URL is at version ${version}, and this command needs ${newest}: run migrate, or start a server of this version.`,
  );
}
