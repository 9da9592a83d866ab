/** Whether this is `npm run test:reliability`: the same proofs with larger numbers. */
export const isLong = process.env.RELIABILITY === "long";

export function scaled(short: number, long: number): number {
  return isLong ? long : short;
}
