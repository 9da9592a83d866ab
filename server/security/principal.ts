/** Who a request comes from, as its verified access token says. */
export interface Principal {
  /** The `sub` claim; `azp` or `client_id` for a machine's token without one. */
  readonly subject: string;
  /** What the claims `scope` (RFC 8693, section 4.2) and `permissions` (Auth0) grant together. */
  readonly scopes: ReadonlySet<string>;
  /** The `exp` claim: seconds since the UNIX epoch. */
  readonly expiresAt: number;
}
