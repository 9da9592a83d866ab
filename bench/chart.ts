const [width, barHeight, gap, labels] = [760, 18, 14, 270];
// Told apart without their hue, too.
const colours = ["#1f5f8b", "#e08e2c", "#5b8c5a", "#9c4f7a", "#777777"];

/**
 * Draws bars, a group for each of `groups` and in it one for each of `series`.
 *
 * @param series the values of each series, one for each group; none may be negative
 * @returns SVG
 */
export function drawChart(
  title: string,
  groups: readonly string[],
  series: Readonly<Record<string, readonly number[]>>,
): string {
  const names = Object.keys(series);
  const most = Math.max(...Object.values(series).flat()) || 1;
  const groupHeight = names.length * barHeight + gap;
  const top = 56;
  const height = top + groups.length * groupHeight;
  const text = (x: number, y: number, content: string, more = "") =>
    `<text x="${x}" y="${y}"${more}>${escaped(content)}</text>`;
  const legend = names.map(
    (each, index) =>
      `<rect x="${labels + index * 110}" y="30" width="12" height="12" fill="${colourOf(index)}"/>` +
      text(labels + index * 110 + 17, 41, names.length > 1 ? each : ""),
  );
  const bars = groups.flatMap((group, row) =>
    names.map((each, index) => {
      const y = top + row * groupHeight + index * barHeight;
      const value = series[each]?.[row] ?? 0;
      const length = Math.max(1, (value / most) * (width - labels - 80));
      const label = index === 0 ? text(labels - 8, y + 13, group, ' text-anchor="end"') : "";
      const bar = `<rect x="${labels}" y="${y}" width="${length.toFixed(1)}" height="${barHeight - 2}" fill="${colourOf(index)}"/>`;
      return label + bar + text(labels + length + 5, y + 13, formatted(value));
    }),
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" font-family="system-ui, sans-serif" font-size="12">`,
    `<title>${escaped(title)}</title>`,
    // Legible on a dark page, too.
    `<rect width="100%" height="100%" fill="#ffffff"/>`,
    text(8, 20, title, ' font-size="14" font-weight="bold"'),
    ...(names.length > 1 ? legend : []),
    ...bars,
    "</svg>",
    "",
  ].join("\n");
}

function colourOf(index: number): string {
  return colours[index % colours.length] ?? "#000000";
}

function formatted(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString("en") : value.toPrecision(2);
}

export function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
