import { styleText } from "node:util";

/** One terminal that several write to: each line says whose it is. */
export interface Terminal {
  /** Gives a writer of whole and half lines. */
  writer(name: string): (text: string) => void;
}

const colours = ["cyan", "magenta", "green", "yellow", "blue"] as const;

/**
 * Puts `server | ` and the like before each line.
 *
 * @param names of all that write, so that their lines are in one column
 */
export function createTerminal(names: readonly string[], output: NodeJS.WriteStream): Terminal {
  const width = Math.max(...names.map((name) => name.length));
  const isColoured = output.hasColors?.() ?? false;
  return {
    writer(name) {
      const colour = colours[names.indexOf(name) % colours.length] ?? "cyan";
      const label = `${name.padStart(width)} |`;
      const prefix = isColoured ? styleText(colour, label, { validateStream: false }) : label;
      let half = "";
      return (text) => {
        const lines = (half + text).split("\n");
        half = lines.pop() ?? "";
        output.write(lines.map((line) => `${prefix} ${line}\n`).join(""));
      };
    },
  };
}
