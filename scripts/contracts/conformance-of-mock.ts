import { checkConformance, type Finding } from "contract-first/conformance";
import { createMock } from "contract-first/mock";
import { isObject, listOperations } from "contract-first/openapi";

/** What the toolkit's own conformance run says of the mock of a document. */
export interface MockConformance {
  readonly requests: number;
  /** One line each. */
  readonly findings: readonly string[];
}

/** Any user name and password, and so any bearer token, too. */
const token = Buffer.from("user:password").toString("base64");

/**
 * Asks the mock of a document for all that the document allows and forbids. A mock remembers nothing here, so nothing is
 * asked for in sequences.
 *
 * @throws Error of a document that cannot be mocked
 */
export async function conformanceOfMock(file: string, maxRequests: number): Promise<MockConformance> {
  const mock = await createMock(file);
  try {
    const [document] = mock.documents;
    if (document === undefined || listOperations(document).length === 0) return { requests: 0, findings: [] };
    const schemes = document.at("#/components/securitySchemes")?.value;
    const keys = Object.values(isObject(schemes) ? schemes : {}).flatMap((scheme) =>
      isObject(scheme) && scheme.type === "apiKey" ? [[String(scheme.name), "any-key"]] : [],
    );
    const { findings, requests } = await checkConformance(file, mock.url, {
      phases: ["examples", "boundaries", "generated"],
      runs: 3,
      maxRequests,
      maxTime: 20_000,
      tokens: [token],
      apiKeys: Object.fromEntries(keys),
    });
    return { requests, findings: findings.filter(isOfServer).map(line) };
  } finally {
    await mock.close();
  }
}

/** A mock knows no credentials: it takes whatever has their shape. */
function isOfServer({ request }: Finding): boolean {
  return !String(request.credentials).startsWith("wrong");
}

function line({ check, message, operations }: Finding): string {
  return `${check}: ${operations[0]}: ${message}`;
}
