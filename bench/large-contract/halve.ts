type Named = Readonly<Record<string, object>>;

interface Document {
  readonly paths: Named;
  readonly components?: Readonly<Record<string, Named>>;
}

/** Every other path and webhook of an OpenAPI document, and what of its components they refer to. */
export function halve(document: Document): Document {
  const components: Record<string, Record<string, object>> = {
    securitySchemes: { ...document.components?.securitySchemes },
  };
  const keep = (part: object): void => {
    for (const [, kind = "", name = ""] of JSON.stringify(part).matchAll(
      /"#\/components\/(\w+)\/([^"/]+)/g,
    )) {
      const component = document.components?.[kind]?.[name];
      components[kind] ??= {};
      const kept = components[kind];
      if (component === undefined || kept[name] !== undefined) continue;
      kept[name] = component;
      keep(component);
    }
  };
  const half = Object.fromEntries(
    Object.entries(document).map(([name, part]) => [
      name,
      /^(paths|(x-)?webhooks)$/.test(name) ? everyOther(part) : part,
    ]),
  ) as unknown as Document;
  keep({ ...half, components: {} });
  return { ...half, components };
}

function everyOther(items: Named): Named {
  return Object.fromEntries(Object.entries(items).filter((_, index) => index % 2 === 0));
}

const methods = new Set(["get", "put", "post", "delete", "options", "head", "patch", "trace"]);

export function countOperations({ paths }: Document): number {
  return Object.values(paths).flatMap((item) => Object.keys(item).filter((key) => methods.has(key))).length;
}
