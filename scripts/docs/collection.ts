import converter from "openapi-to-postmanv2";

/**
 * The contract as a collection for Postman, which Bruno and Insomnia import, too: a folder for each tag, a request
 * with the examples for each operation, the base address and the token as variables.
 *
 * @throws Error where the document cannot be converted
 */
export async function postmanCollection(contract: object): Promise<string> {
  const options = {
    folderStrategy: "Tags",
    parametersResolution: "Example",
    includeAuthInfoInExample: false,
  } as const;
  const collection = await new Promise<Record<string, unknown>>((resolve, reject) => {
    converter.convertV2({ type: "json", data: structuredClone(contract) }, options, (error, result) => {
      const [made] = result?.output ?? [];
      if (error || !result?.result || made === undefined)
        reject(error ?? new Error(`There is no collection: ${result?.reason}`));
      else resolve(made.data as Record<string, unknown>);
    });
  });
  return JSON.stringify(collection, stable, 2);
}

/** The converter makes an id for each request anew, which would make another file of the same contract. */
function stable(name: string, value: unknown): unknown {
  return name === "id" || name === "_postman_id" ? undefined : value;
}
