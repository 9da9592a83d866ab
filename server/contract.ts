import document from "../generated/openapi.json" with { type: "json" };

/** The bundled contract. */
export { document };

/** The formats that the contract names, beyond those of JSON Schema. */
export const formats = {
  // Names of what the contract's patterns check.
  "user-id": true,
  base32: true,
  base64: true,
  base64url: true,
  "phone-number": true,
  "idempotency-key": true,
  // Only answers have moments, always in this form; the general check costs as much as all else in an answer.
  "date-time": /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/,
} as const;
