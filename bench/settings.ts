import { relative } from "node:path";

const asked = new Map<string, string>();

/** A number that an environment variable may set; which were asked for is told with the table. */
export function numberSetting(name: string, preset: number): number {
  const [value = preset] = numbersSetting(name, [preset]);
  return value;
}

/**
 * Numbers separated by commas.
 *
 * @throws Error where one of them is no positive number
 */
export function numbersSetting(name: string, preset: readonly number[]): readonly number[] {
  const given = process.env[name] ?? preset.join(",");
  const values = given.split(",").map(Number);
  if (!values.every((value) => value > 0))
    throw new Error(`${name} is "${given}": write a positive number, or several with commas between them.`);
  asked.set(name, given);
  return values;
}

/** What runs this bench again. */
export function command(): string {
  const settings = [...asked].map(([name, value]) => `${name}=${value}`);
  const { npm_lifecycle_event: script } = process.env;
  const run = script === undefined ? `node ${relative(".", process.argv[1] ?? "")}` : `npm run ${script}`;
  return [...settings, run].join(" ");
}
