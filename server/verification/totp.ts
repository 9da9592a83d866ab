import { Secret, TOTP } from "otpauth";

/** RFC 6238's defaults, which authenticator apps assume whatever a URI says. */
const parameters = { algorithm: "SHA1", digits: 6, period: 30 } as const;
/** Steps before and after the present one that are taken, too: RFC 6238, section 5.2 recommends one. */
const stepWindow = 1;
/** What RFC 4226, section 4 recommends. */
const secretBytes = 20;

/**
 * The time step (T of RFC 6238) that `code` is right for, of the present one and its neighbours.
 *
 * @param secret in base32
 * @param now milliseconds since the UNIX epoch
 * @returns undefined where the code is right for none
 */
export function matchTotp(secret: string, code: string, now: number): number | undefined {
  const delta = TOTP.validate({
    ...parameters,
    token: code,
    secret: Secret.fromBase32(secret),
    timestamp: now,
    window: stepWindow,
  });
  return delta === null ? undefined : TOTP.counter({ period: parameters.period, timestamp: now }) + delta;
}

/** A new secret of 160 bits, in base32 without padding. */
export function newTotpSecret(): string {
  return new Secret({ size: secretBytes }).base32;
}

/** The URI that authenticator apps read from a QR code (Google Authenticator's Key Uri Format). */
export function totpUri(issuer: string, accountName: string, secret: string): string {
  return new TOTP({ ...parameters, issuer, label: accountName, secret }).toString();
}
