import { escaped } from "./chart.ts";
import type { Stack } from "./steps/stacks.ts";

const [width, rowHeight, top] = [1_200, 16, 52];
/** Narrower ones would not be seen, in pixels. */
const least = 2;
/** More levels would show libraries that call themselves. */
const mostLevels = 48;

interface Part {
  readonly name: string;
  readonly colour: string;
  microseconds: number;
  readonly children: Map<string, Part>;
}

/**
 * Draws a flame graph: a box for each function, as wide as the time in it and in what it called, which stands on it.
 * What a box is and its share are its title, which browsers show where the pointer rests.
 *
 * @param threads the stacks of each by its name
 * @param names what a stack can belong to; each has a colour, and what belongs to none is grey
 * @param nameOf what a stack belongs to
 */
export function drawFlame(
  title: string,
  threads: Readonly<Record<string, readonly Stack[]>>,
  names: readonly string[],
  nameOf: (frames: Stack["frames"]) => string,
): string {
  const root = partOf(title, colourOf(-1));
  for (const [thread, stacks] of Object.entries(threads)) {
    for (const { frames, microseconds } of stacks) {
      let part = root;
      part.microseconds += microseconds;
      const boxes = [
        thread,
        ...frames.map(({ name, file, line }) => `${name || "(anonymous)"} ${file}:${line}`),
      ];
      for (const [index, name] of boxes.entries()) {
        const colour = index === 0 ? colourOf(-1) : colourOf(names.indexOf(nameOf(frames.slice(0, index))));
        const child: Part = part.children.get(name) ?? partOf(name, colour);
        part.children.set(name, child);
        child.microseconds += microseconds;
        part = child;
      }
    }
  }
  const boxes: string[] = [];
  const depth = draw(root, { x: 0, level: 0, scale: width / (root.microseconds || 1), boxes });
  const height = top + (depth + 1) * rowHeight;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="11">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="100%" height="100%" fill="#ffffff"/>`,
    `<text x="8" y="20" font-size="14" font-weight="bold">${escaped(title)}</text>`,
    ...legend(names),
    `<g stroke="#ffffff" stroke-width="0.5" transform="translate(0 ${height})">`,
    ...boxes,
    "</g>",
    "</svg>",
    "",
  ].join("\n");
}

function legend(names: readonly string[]): readonly string[] {
  let x = 8;
  return names.map((name, index) => {
    const box = `<rect x="${x}" y="30" width="10" height="10" fill="${colourOf(index)}"/>`;
    const text = `<text x="${x + 13}" y="39">${escaped(name)}</text>`;
    x += 24 + name.length * 6;
    return box + text;
  });
}

function partOf(name: string, colour: string): Part {
  return { name, colour, microseconds: 0, children: new Map() };
}

/** One of many that black can be read on; grey below 0. */
function colourOf(index: number): string {
  return index < 0 ? "#d0d0d0" : `hsl(${(index * 137) % 360} 65% 72%)`;
}

interface Drawing {
  readonly x: number;
  readonly level: number;
  readonly scale: number;
  readonly boxes: string[];
}

/** @returns the deepest level that was drawn */
function draw(part: Part, { x, level, scale, boxes }: Drawing): number {
  const length = part.microseconds * scale;
  const share = ((100 * length) / width).toFixed(1);
  const label = part.name.replace(/ (\S*\/)?([^/]*)$/, " $2");
  const characters = Math.floor((length - 6) / 6);
  const text =
    characters > 3
      ? `<text x="${(x + 3).toFixed(1)}" y="${-level * rowHeight - 4}" stroke="none">${escaped(label.slice(0, characters))}</text>`
      : "";
  boxes.push(
    `<g><title>${escaped(part.name)}, ${share} %</title><rect x="${x.toFixed(1)}" y="${-(level + 1) * rowHeight}" width="${length.toFixed(1)}" height="${rowHeight}" fill="${part.colour}"/>${text}</g>`,
  );
  let deepest = level;
  let left = x;
  for (const child of [...part.children.values()].sort((a, b) => a.name.localeCompare(b.name))) {
    if (child.microseconds * scale >= least && level < mostLevels)
      deepest = Math.max(deepest, draw(child, { x: left, level: level + 1, scale, boxes }));
    left += child.microseconds * scale;
  }
  return deepest;
}
