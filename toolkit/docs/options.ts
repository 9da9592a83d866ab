import type { JsonObject } from "../openapi/json.ts";
import type { Fills } from "./code.ts";
import type { SampleRequest } from "./samples/request.ts";

/** A page of the guide, in Markdown, whose first heading is its title. */
export interface GuidePage {
  readonly name: string;
  readonly markdown: string;
}

/** Code in one more language beside an operation; `undefined` where there is none for this request. */
export interface SampleLanguage {
  readonly label: string;
  /** For the colours: `ts`, `sh`, `json`, `yaml`, `xml`. */
  readonly language: string;
  readonly sample: (request: SampleRequest) => string | undefined;
}

/** A file that the page offers for download. */
export interface Download {
  readonly name: string;
  readonly title: string;
  readonly content: string;
}

export interface DocsOptions {
  /** What the typed client is imported from. @default "contract-first/client" */
  readonly client?: string;
  /** The module of the generated types that the client takes. @default "./openapi.d.ts", none where `client` is set */
  readonly clientPaths?: string;
  /** Pages that stand before the reference, in this order. */
  readonly guide?: readonly GuidePage[];
  /** The menu's heading above the sections of the document's own description. @default "About" */
  readonly sectionsTitle?: string;
  /** Pages that stand behind the reference. */
  readonly appendix?: readonly GuidePage[];
  /** Languages beside curl and the typed client. */
  readonly languages?: readonly SampleLanguage[];
  /** Files beside the contract itself. */
  readonly downloads?: readonly Download[];
  /** An SVG picture, as the page's icon and beside its title. */
  readonly logo?: string;
  /** CSS after the page's own, for colours of one's own. */
  readonly theme?: string;
  /**
   * Texts in code that the page replaces by the server's own settings when it is open, by the setting's name in
   * `server.json`.
   */
  readonly fills?: Fills;
  /** The content of `server.json`, which a server may answer itself. Without it the document's servers hold. */
  readonly serverSettings?: ServerSettings;
}

/** What the pages learn from where they are served: each value is put where {@link DocsOptions.fills} says. */
export interface ServerSettings {
  /** The API's address, relative to `server.json`. */
  readonly baseUrl?: string;
  /** Where "Get a token" asks for one, relative to `server.json`; only where any client gets one. */
  readonly tokenUrl?: string;
  readonly [setting: string]: string | undefined;
}

/** The document, as parsed. */
export type DocsDocument = JsonObject;
