export type { DocsOptions, Download, GuidePage, SampleLanguage, ServerSettings } from "./options.ts";
export { renderDocs } from "./render-docs.ts";
export { literal } from "./samples/literal.ts";
export type { SampleRequest } from "./samples/request.ts";
export { writeSite } from "./write-site.ts";
