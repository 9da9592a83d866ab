import { createQuerySerializer, type QuerySerializer, type QuerySerializerOptions } from "openapi-fetch";

/** How a query is written: a function, or the styles of its lists and objects, as openapi-fetch has them. */
export type QueryStyle = QuerySerializer<unknown> | QuerySerializerOptions | undefined;

/**
 * Writes queries.
 *
 * @param general The client's own style.
 * @returns Writes one; a call's style goes before the client's.
 */
export function querySerializer(general: QueryStyle) {
  return (values: Record<string, unknown>, own: QueryStyle): string => {
    if (typeof own === "function") return own(values);
    if (own === undefined && typeof general === "function") return general(values);
    const options = { ...(typeof general === "object" && general), ...own };
    return createQuerySerializer(options)(values).replace(/^\?/, "");
  };
}
