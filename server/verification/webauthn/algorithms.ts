/**
 * The COSE algorithms of credentials that are made here, the best liked first: ES256, Ed25519, ES384, ES512, RS256.
 * Ed448 is not among them since SimpleWebAuthn cannot verify it.
 */
export const algorithms = [-7, -8, -35, -36, -257] as const;
