import {
  ApiError,
  type ClientOptions,
  type CreateAuthenticationMethodRequest,
  createClient,
  listAll,
  unwrap,
} from "authentication-methods-client";

const bodies: CreateAuthenticationMethodRequest[] = [
  { type: "phone", phone_number: "+442071838750", preferred_authentication_method: "sms" },
  { type: "email", email: "ada.lovelace@example.com" },
  { type: "totp", totp_secret: "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP" },
  {
    type: "webauthn-roaming",
    key_id: "Pn3NJPKoDQ6hqLgYz8EQ7F4FbQSRps4AX__0uSmO07w",
    public_key:
      "pQECAyYgASFYIC4RIDK7q/NtSMqHPwwM7n0AEP1r8/m6MIoEJJmBhmWGIlgggPPcT4LKeE0PAECF1rQ6q49FxM4SMhVCqARhJgJypsc=",
    relying_party_identifier: "login.example.com",
  },
  {
    type: "passkey",
    key_id: "uTlPodl8oRIsds3Szf7XoNY05dA",
    public_key:
      "pQECAyYgASFYIKI9Y3DgT5gJP6LbzUX8wLlJTFVXb6igx/Qq4M8pJkJqIlggNnCNWIiUG7W1wRF7JJEz7b/NwR2dp14ciq8b1NTfQQE=",
    relying_party_identifier: "login.example.com",
  },
];

/** What {@link run} saw. */
export interface Seen {
  created: string[];
  repeatedIsSame: boolean;
  phone: string | undefined;
  secret: string | undefined;
  listed: string[];
  renamed: string | undefined;
  refused: { status: number; errorCode: string | undefined; hasRequestId: boolean };
  left: number;
}

/** A user's life, with everything that the client has. */
export async function run(options: Pick<ClientOptions, "baseUrl" | "token">, userId: string): Promise<Seen> {
  const client = createClient({ ...options, retry: { limit: 1 }, timeout: 20_000, totalTimeout: 30_000 });
  const requests: string[] = [];
  client.use({ onRequest: ({ request }) => void requests.push(request.method) });

  const user = await unwrap(
    client.POST("/users", { body: { connection: "Username-Password-Authentication", user_id: userId } }),
  );
  const id = user.user_id;
  const path = { id };

  let phone: string | undefined;
  let secret: string | undefined;
  let repeatedIsSame = true;
  const created: string[] = [];
  for (const [n, body] of bodies.entries()) {
    const header = { "Idempotency-Key": `${userId}-${n}` };
    const create = () =>
      unwrap(client.POST("/users/{id}/authentication-methods", { params: { path, header }, body }));
    const [method, repeated] = [await create(), await create()];
    repeatedIsSame &&= method.id === repeated.id;
    if (method.type === "phone") phone = method.phone_number;
    if (method.type === "totp") secret = method.totp_secret;
    created.push(method.type);
  }

  const methods = [];
  for await (const method of listAll(client, id, { perPage: 2 })) methods.push(method);
  const passkey = methods.find((method) => method.type === "passkey");
  if (!passkey) throw new Error("the passkey is not listed");

  const params = { path: { id, authentication_method_id: passkey.id } };
  const { data: renamed } = await client.PATCH(
    "/users/{id}/authentication-methods/{authentication_method_id}",
    {
      params,
      body: { name: "Laptop" },
    },
  );

  const refusal = await unwrap(
    client.DELETE("/users/{id}/authentication-methods", { params: { path } }),
  ).then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(refusal instanceof ApiError)) throw new Error("methods were deleted in spite of a passkey");
  const { status, errorCode, requestId } = refusal;

  await unwrap(client.DELETE("/users/{id}/authentication-methods/{authentication_method_id}", { params }));
  await unwrap(
    client.PUT("/users/{id}/authentication-methods", {
      params: { path },
      body: [{ type: "email", email: "ada@example.com" }],
    }),
  );
  const { data: page } = await client.GET("/users/{id}/authentication-methods", {
    params: { path, query: { include_totals: true } },
  });
  await unwrap(client.DELETE("/users/{id}", { params: { path } }));

  return {
    created,
    repeatedIsSame,
    phone,
    secret,
    listed: methods.map(({ type }) => type),
    renamed: renamed?.name,
    refused: { status, errorCode, hasRequestId: requestId !== undefined },
    left: page && "total" in page ? page.total : -1,
  };
}
