/**
 * SimpleWebAuthn, loaded when the first answer comes: it takes 186 ms and 26 MB, which a server that never sees a
 * security key need not spend.
 */
export const loadLibrary = () => Promise.all([loadCeremonies(), loadHelpers()]);

export type Helpers = Awaited<ReturnType<typeof loadHelpers>>;

function loadCeremonies() {
  return import("@simplewebauthn/server");
}

function loadHelpers() {
  return import("@simplewebauthn/server/helpers");
}
