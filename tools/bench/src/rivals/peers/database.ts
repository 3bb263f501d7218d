import type { Place } from '../peer.ts';
import { portOf } from '../servers/endpoints.ts';

/** A connection of our own, beside the rival's: asks what is recorded. */
export interface Database {
  readonly url: string;
  /** The first column of the first row, as a number. */
  number(query: string, values?: readonly unknown[]): Promise<number>;
  /** The first column of every row. */
  texts(query: string): Promise<readonly string[]>;
  /** Transactions that this database has committed so far. */
  transactions(): Promise<number>;
  close(): Promise<void>;
}

interface Pg {
  readonly default: { readonly Client: new (options: { readonly connectionString: string }) => PgClient };
}

interface PgClient {
  connect(): Promise<void>;
  query(
    query: string | { readonly text: string; readonly values: readonly unknown[]; readonly rowMode: 'array' },
  ): Promise<{ readonly rows: readonly (readonly unknown[])[] }>;
  end(): Promise<void>;
}

function urlOf({ endpoints }: Place, name: string): string {
  return `postgres://postgres@127.0.0.1:${portOf(endpoints, 'postgres')}/${name}`;
}

async function connect(place: Place, name: string): Promise<PgClient> {
  const { default: pg } = (await place.load('pg')) as Pg;
  const client = new pg.Client({ connectionString: urlOf(place, name) });
  await client.connect();
  return client;
}

export async function openDatabase(place: Place): Promise<Database> {
  const client = await connect(place, place.name);
  const rows = async (
    text: string,
    values: readonly unknown[] = [],
  ): Promise<readonly (readonly unknown[])[]> =>
    (await client.query({ text, values, rowMode: 'array' })).rows;
  const number = async (text: string, values?: readonly unknown[]): Promise<number> =>
    Number((await rows(text, values))[0]?.[0]);
  return {
    url: urlOf(place, place.name),
    number,
    texts: async (text) => (await rows(text)).map(([first]) => String(first)),
    transactions: () => number('select xact_commit from pg_stat_database where datname = $1', [place.name]),
    close: () => client.end(),
  };
}

/** A new, empty database of that place's name. */
export async function createDatabase(place: Place): Promise<void> {
  await removeDatabase(place);
  const server = await connect(place, 'postgres');
  await server.query(`create database ${place.name}`);
  // What an earlier sample has left to be written is not this one's.
  await server.query('checkpoint');
  await server.end();
}

export async function removeDatabase(place: Place): Promise<void> {
  const server = await connect(place, 'postgres');
  await server.query(`drop database if exists ${place.name} with (force)`);
  await server.end();
}
