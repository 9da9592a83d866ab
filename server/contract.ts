import document from "../generated/openapi.json" with { type: "json" };
import { isBase32Secret } from "./formats/base32-secret.ts";
import { isCoseKey } from "./formats/cose-key.ts";
import { isRelyingPartyIdentifier } from "./formats/relying-party-identifier.ts";

/** The bundled contract. */
export { document };

/** The formats that the contract names, beyond those of JSON Schema. */
export const formats = {
  // Names of what the contract's patterns check.
  "user-id": true,
  base32: isBase32Secret,
  "cose-key": isCoseKey,
  "relying-party-identifier": isRelyingPartyIdentifier,
  base64url: true,
  "phone-number": true,
  "idempotency-key": true,
  // Only answers have moments, always in this form; the general check costs as much as all else in an answer.
  "date-time": /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/,
} as const;
