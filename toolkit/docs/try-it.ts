import type { Example } from "./examples.ts";
import { exampleOfParameter, isJson } from "./examples.ts";
import { type Html, html } from "./html.ts";
import type { DocsModel } from "./model.ts";
import type { SampleRequest } from "./samples/request.ts";

/** A form that sends one request to the server and shows what it answers; the page's script drives it. */
export function tryItHtml({ reader }: DocsModel, request: SampleRequest, bodies: readonly Example[]): Html {
  const { operation, baseUrl, credential } = request;
  const given = new Map(request.parameters.map(({ name, in: place, value }) => [`${place} ${name}`, value]));
  return html`<details class="try-it" hidden>
    <summary>Try it</summary>
    <form data-method="${operation.method}" data-path="${operation.path}">
      <label>Server <input name="server" value="${baseUrl}" data-fill-value="baseUrl" inputmode="url" autocomplete="off" required></label>
      ${
        credential &&
        html`<label>${credential.variable === "TOKEN" ? "Token" : "Credential"} <input name="credential" type="password" autocomplete="off" data-in="${credential.in}" data-name="${credential.name}" data-before="${credential.before}"></label>
        <button type="button" class="get-token" hidden>Get a token</button>`
      }
      ${operation.parameters.map((parameter) => {
        const [name, place] = [String(parameter.name), String(parameter.in)];
        const value =
          given.get(`${place} ${name}`) ?? (place === "path" ? exampleOfParameter(reader, parameter) : "");
        return html`<label><span><code>${name}</code> ${place}</span> <input data-place="${place}" data-name="${name}" value="${shown(value)}"${parameter.required === true && html` required`} autocomplete="off"></label>`;
      })}
      ${
        bodies.length > 0 &&
        html`<label>Body <textarea name="body" rows="8" spellcheck="false" data-media-type="${bodies[0]?.mediaType ?? ""}">${bodyText(bodies[0])}</textarea></label>
        ${bodies.map((body) => html`<template data-example="${body.name}">${bodyText(body)}</template>`)}`
      }
      <button type="submit">Send</button>
    </form>
    <div class="answer" role="status"></div>
  </details>`;
}

function bodyText(body: Example | undefined): string {
  if (body === undefined) return "";
  return typeof body.value === "string" && !isJson(body.mediaType)
    ? body.value
    : JSON.stringify(body.value, null, 2);
}

function shown(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "");
}
