import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";

/** How an authenticator behaves; all as a passkey of a phone does where nothing is said. */
export interface Behaviour {
  readonly origin?: string;
  readonly userVerified?: boolean;
  readonly backupEligible?: boolean;
  readonly backedUp?: boolean;
  readonly signCount?: number;
  readonly crossOrigin?: boolean;
  readonly userHandle?: string | null;
}

interface RequestOptions {
  readonly challenge: string;
  readonly rpId: string;
}

interface CreationOptions {
  readonly challenge: string;
  readonly rp: { readonly id: string };
  readonly user: { readonly id: string };
}

/**
 * An authenticator of one ES256 credential, written from W3C WebAuthn Level 3, section 6, and RFC 9052 alone: it
 * shares no code with what it is held against.
 */
export class Authenticator {
  readonly id = randomBytes(20).toString("base64url");
  readonly #privateKey: KeyObject;
  /** A COSE key. */
  readonly publicKey: Buffer;
  userHandle: string | undefined;

  constructor() {
    const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    this.#privateKey = privateKey;
    const { x = "", y = "" } = publicKey.export({ format: "jwk" });
    this.publicKey = Buffer.concat([
      Buffer.from("a5010203262001215820", "hex"),
      Buffer.from(x, "base64url"),
      Buffer.from("225820", "hex"),
      Buffer.from(y, "base64url"),
    ]);
  }

  /** What `navigator.credentials.create()` gives. */
  create({ challenge, rp, user }: CreationOptions, behaviour: Behaviour = {}) {
    this.userHandle = user.id;
    const id = Buffer.from(this.id, "base64url");
    const attested = Buffer.concat([Buffer.alloc(16), Buffer.from([0, id.length]), id, this.publicKey]);
    const authData = Buffer.concat([authenticatorData(rp.id, behaviour, 0x40), attested]);
    const attestationObject = Buffer.concat([
      Buffer.from("a363666d74646e6f6e656761747453746d74a068617574684461746159", "hex"),
      Buffer.from([authData.length >> 8, authData.length & 0xff]),
      authData,
    ]);
    return {
      ...this.#credential(),
      response: {
        clientDataJSON: clientData("webauthn.create", challenge, rp.id, behaviour),
        attestationObject: attestationObject.toString("base64url"),
        transports: ["internal", "hybrid"],
      },
    };
  }

  /** What `navigator.credentials.get()` gives. */
  get({ challenge, rpId }: RequestOptions, behaviour: Behaviour = {}) {
    const clientDataJSON = clientData("webauthn.get", challenge, rpId, behaviour);
    const authData = authenticatorData(rpId, behaviour);
    const hash = createHash("sha256").update(Buffer.from(clientDataJSON, "base64url")).digest();
    const signature = sign("sha256", Buffer.concat([authData, hash]), this.#privateKey);
    const userHandle = behaviour.userHandle === undefined ? this.userHandle : behaviour.userHandle;
    return {
      ...this.#credential(),
      response: {
        clientDataJSON,
        authenticatorData: authData.toString("base64url"),
        signature: signature.toString("base64url"),
        ...(userHandle !== undefined && { userHandle }),
      },
    };
  }

  #credential() {
    return {
      id: this.id,
      rawId: this.id,
      type: "public-key",
      authenticatorAttachment: "platform",
      clientExtensionResults: {},
    };
  }
}

function clientData(type: string, challenge: string, rpId: string, behaviour: Behaviour): string {
  const { origin = `https://${rpId}`, crossOrigin = false } = behaviour;
  return Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin })).toString("base64url");
}

function authenticatorData(rpId: string, behaviour: Behaviour, more = 0): Buffer {
  const { userVerified = true, backupEligible = true, backedUp = true, signCount = 0 } = behaviour;
  const data = Buffer.alloc(37);
  createHash("sha256").update(rpId).digest().copy(data);
  const flags = 0x01 | (userVerified ? 0x04 : 0) | (backupEligible ? 0x08 : 0) | (backedUp ? 0x10 : 0) | more;
  data.writeUInt8(flags, 32);
  data.writeUInt32BE(signCount, 33);
  return data;
}
