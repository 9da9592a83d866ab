import { Readable } from "node:stream";
import type { ValidateFunction } from "ajv";
import type { FastifyRequest, preParsingHookHandler } from "fastify";
import type { Coercion, Coercions } from "../openapi/coercion.ts";
import { charset, isForm, MediaTypes } from "../openapi/media-type.ts";
import type { RequestBody } from "../openapi/operation.ts";
import { InvalidRequestError, UnsupportedMediaTypeError } from "./errors.ts";
import type { Schemas } from "./schemas.ts";
import { violation, violationOf } from "./violation.ts";

/** What the contract asks of an operation's body, compiled. */
export interface BodyReader {
  /** Before the body is read. @throws UnsupportedMediaTypeError */
  readonly checkMediaType: (request: FastifyRequest) => void;
  /** The parsed body, held against its schema. @throws InvalidRequestError */
  readonly read: (request: FastifyRequest) => unknown;
}

interface DeclaredBody {
  readonly coerce: Coercion | undefined;
  readonly validate: ValidateFunction | undefined;
}

/** Room for `null` and some white space: what some clients send where there is no body. */
const longestNothing = 64;

export function bodyReader(
  { required, contents }: RequestBody,
  compilation: { readonly schemas: Schemas; readonly coercions: Coercions },
): BodyReader {
  const { schemas, coercions } = compilation;
  const supported = contents.map(({ mediaType }) => mediaType);
  const mediaTypes = new MediaTypes<DeclaredBody>(
    contents.map(({ mediaType, schema }) => [
      mediaType,
      {
        coerce: schema !== undefined && isForm(mediaType) ? coercions.to(schema) : undefined,
        validate: schema === undefined ? undefined : schemas.compile(schema),
      },
    ]),
  );
  return {
    checkMediaType(request) {
      if (!hasBody(request)) return;
      const contentType = request.headers["content-type"];
      if (contentType !== undefined && mediaTypes.find(contentType) !== undefined && isUtf8(contentType))
        return;
      throw new UnsupportedMediaTypeError(`The body must be ${supported.join(" or ")} in UTF-8.`, supported);
    },
    read(request) {
      if (request.body === undefined || !hasBody(request)) {
        if (!required) return undefined;
        throw new InvalidRequestError("body", violation("body", [], "required", "The body is missing"));
      }
      const declared = mediaTypes.find(request.headers["content-type"] ?? "");
      const body = declared?.coerce === undefined ? request.body : declared.coerce(request.body);
      if (declared?.validate !== undefined) holdAgainst(declared.validate, body, schemas);
      return body;
    },
  };
}

/** For an operation without a body: lets an empty one and `null` pass, whatever its Content-Type. */
export const refuseBody: preParsingHookHandler = (request, _reply, payload, done) => {
  if (!hasBody(request)) {
    done(null, payload);
    return;
  }
  readNothing(request, payload).then(
    (nothing) => done(null, nothing),
    (error: Error) => done(error),
  );
};

async function readNothing(request: FastifyRequest, payload: Readable): Promise<Readable> {
  const length = Number(request.headers["content-length"] ?? 0);
  let body = "";
  if (length <= longestNothing) {
    for await (const chunk of payload.iterator({ destroyOnReturn: false })) {
      body += chunk;
      if (body.length > longestNothing) break;
    }
  }
  if (length > longestNothing || !["", "null"].includes(body.trim())) {
    throw new UnsupportedMediaTypeError("This operation takes no body.", []);
  }
  return Object.assign(Readable.from([]), { receivedEncodedLength: length });
}

function hasBody({ headers }: FastifyRequest): boolean {
  const length = headers["content-length"];
  return (length !== undefined && length !== "0") || headers["transfer-encoding"] !== undefined;
}

function isUtf8(contentType: string): boolean {
  if (!contentType.includes(";")) return true;
  return ["utf-8", "utf8", undefined].includes(charset(contentType));
}

/** @throws InvalidRequestError where `body` is not as its schema says */
export function holdAgainst(validate: ValidateFunction, body: unknown, schemas: Schemas): void {
  if (!isValid(validate, body)) throw new InvalidRequestError("body", violationOf(validate, "body", schemas));
}

/** A recursive schema follows the body's nesting, which the caller chooses, down the stack. */
function isValid(validate: ValidateFunction, body: unknown): boolean {
  try {
    return validate(body);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new InvalidRequestError("body", violation("body", [], "maxDepth", "The body is nested too deeply"));
  }
}
