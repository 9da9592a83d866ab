const barWidth = 30;
const drawMilliseconds = 100;
const logMilliseconds = 5_000;

/** Shows how far a command is. */
export interface Progress {
  /** @param total where it is known */
  update(done: number, total?: number): void;
  /** Clears the bar away. */
  end(): void;
}

/** On standard error: a bar where a person watches, else a line each five seconds. */
export function showProgress(noun: string): Progress {
  const { stderr } = process;
  let begun: { readonly at: number; readonly done: number } | undefined;
  let shownAt = 0;
  return {
    update(done, total) {
      const now = performance.now();
      if (begun === undefined) {
        begun = { at: now, done };
        shownAt = now;
      }
      if (now - shownAt < (stderr.isTTY ? drawMilliseconds : logMilliseconds)) return;
      shownAt = now;
      const rate = Math.round(((done - begun.done) / (now - begun.at)) * 1_000);
      const text = `${done}${total === undefined ? "" : ` of ${total}`} ${noun}, ${rate}/s`;
      stderr.write(stderr.isTTY ? `\r${bar(done, total)}${text}\u001b[K` : `${text}\n`);
    },
    end() {
      if (stderr.isTTY) stderr.write("\r\u001b[K");
    },
  };
}

function bar(done: number, total: number | undefined): string {
  if (total === undefined) return "";
  const filled = total === 0 ? barWidth : Math.round((done / total) * barWidth);
  return `[${"=".repeat(filled)}${" ".repeat(barWidth - filled)}] `;
}
