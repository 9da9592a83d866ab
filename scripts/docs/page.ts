import { createHash } from "node:crypto";

/** A page and the files that it loads, by name. */
export interface Page {
  html: string;
  files: Record<string, string>;
}

/**
 * Moves every inline script, style sheet and style attribute of a page into files beside it, so that it works under a
 * Content-Security-Policy without `unsafe-inline`. The files' names hold a digest of their content, so that they can
 * be cached for ever.
 *
 * @param extraStyles Style sheets that come after the page's own.
 */
export function withoutInlineCode(html: string, extraStyles: readonly string[]): Page {
  const files: Record<string, string> = {};
  const file = (name: string, extension: string, content: string) => {
    const digest = createHash("sha256").update(content).digest("hex").slice(0, 16);
    files[`${name}.${digest}.${extension}`] = content;
    return `${name}.${digest}.${extension}`;
  };

  const styles: string[] = [];
  const page = html
    .replace(/<script( type="module")?>([\s\S]*?)<\/script>/g, (_, type = "", code) => {
      return `<script${type} src="${file(type ? "reference" : "color-mode", "js", code)}"></script>`;
    })
    .replace(/<style[^>]*>([\s\S]*?)<\/style>/g, (_, css) => {
      styles.push(css);
      return "";
    })
    .replace(/ style="([^"]*)"/g, (_, css) => {
      const name = `inline-${styles.length}`;
      styles.push(`[data-style="${name}"]{${css}}`);
      return ` data-style="${name}"`;
    });
  const link = `<link rel="stylesheet" href="${file("style", "css", [...styles, ...extraStyles].join("\n"))}" />`;
  return { html: page.replace("</head>", `${link}\n</head>`), files };
}
