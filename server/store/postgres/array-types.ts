const special = /["\\]/g;

/** One-dimensional arrays as PostgreSQL reads them (documentation, 8.15.2 Array Value Input). */
function toArrayLiteral(values: readonly (string | number | null)[]): string {
  return `{${values.map((value) => (value === null ? "NULL" : `"${String(value).replace(special, "\\$&")}"`)).join(",")}}`;
}

/**
 * Tells the driver of the array types that our statements take, which it would otherwise ask the database for
 * on each new connection, and of moments, which fit a number: microseconds reach 2^53 in the year 2255.
 */
export const types = {
  textArray: { to: 1009, from: [], serialize: toArrayLiteral, parse: String },
  bigintArray: { to: 1016, from: [], serialize: toArrayLiteral, parse: String },
  bigint: { to: 20, from: [20], serialize: String, parse: Number },
};
