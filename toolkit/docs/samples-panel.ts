import { codeBlock, type Fills } from "./code.ts";
import { type Html, html } from "./html.ts";
import type { DocsModel, DocsOperation } from "./model.ts";
import type { SampleLanguage } from "./options.ts";
import { sampleRequests } from "./samples/request.ts";
import { tryItHtml } from "./try-it.ts";

/**
 * An operation's code in each language and for each example of its body. Without scripts all of it is there, one
 * below the other; the page's script shows what is chosen.
 */
export function samplesHtml(
  model: DocsModel,
  operation: DocsOperation,
  languages: readonly SampleLanguage[],
  fills: Fills,
): Html {
  if (operation.isWebhook) return html``;
  const requests = sampleRequests(model, operation);
  const shown = languages
    .map(({ label, language, sample }) => ({
      label,
      samples: requests.flatMap((request) => {
        const code = sample(request);
        return code === undefined ? [] : [{ request, code, language }];
      }),
    }))
    .filter(({ samples }) => samples.length > 0);
  const bodies = requests.flatMap(({ body }) => body ?? []);
  return html`<section class="samples" aria-label="Code samples">
    <div class="choices" hidden>
      <label>Language <select data-choose="language">${shown.map(({ label }) => html`<option>${label}</option>`)}</select></label>
      ${bodies.length > 1 && html`<label>Example <select data-choose="example">${bodies.map(({ name, title }) => html`<option value="${name}">${title}</option>`)}</select></label>`}
    </div>
    ${shown.map(({ label, samples }) =>
      samples.map(
        ({
          request,
          code,
          language,
        }) => html`<div class="sample" data-language="${label}" data-example="${request.body?.name ?? ""}">
      <p class="muted sample-title">${label}${bodies.length > 1 && request.body && `: ${request.body.title}`}</p>
      ${codeBlock(code, language, fills)}</div>`,
      ),
    )}
  </section>
  ${requests[0] && tryItHtml(model, requests[0], bodies)}`;
}
