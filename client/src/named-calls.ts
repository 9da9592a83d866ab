import type { MaybeOptionalInit } from "openapi-fetch";
import type {
  AuthenticationMethod,
  AuthenticationMethodPage,
  CreatedAuthenticationMethod,
  User,
} from "./authentication-method.ts";
import type {
  AuthenticationChallenge,
  AuthenticationEnrolment,
  Error as ErrorEnvelope,
  paths,
  Verification,
  WebauthnChallenge,
} from "./openapi.d.ts";

type Methods = "/users/{id}/authentication-methods";
type Enrolments = "/users/{id}/authentication-enrolments";
type OneMethod = "/users/{id}/authentication-methods/{authentication_method_id}";

/** The answers that have a name in the contract, by method and path. */
interface Named {
  get: { "/users/{id}": User } & Record<OneMethod, AuthenticationMethod>;
  post: {
    "/users": User;
    "/users/{id}/authentication-challenges": AuthenticationChallenge;
    "/users/{id}/authentication-verifications": Verification;
    "/passkey/challenge": WebauthnChallenge;
    "/passkey/verify": Verification;
  } & Record<Methods | `${Enrolments}/confirm`, CreatedAuthenticationMethod> &
    Record<Enrolments, AuthenticationEnrolment>;
  put: Record<Methods, AuthenticationMethod[]>;
  patch: Record<OneMethod, AuthenticationMethod>;
}

type Method = keyof Named;

/** What a call takes; one that reads its answer otherwise than as JSON is openapi-fetch's to type. */
type Init<Path extends keyof paths, M extends Method> = MaybeOptionalInit<paths[Path], M> & {
  parseAs?: "json";
};

/** As openapi-fetch has it: what is given is inferred, and what a platform knows beyond `fetch` is taken. */
type InitParam<Options> =
  Partial<Options> extends Options
    ? [(Options & { [key: string]: unknown })?]
    : [Options & { [key: string]: unknown }];

type Result<Data> = Promise<
  | { data: Data; error?: never; response: Response }
  | { data?: never; error: ErrorEnvelope; response: Response }
>;

/** A list, or the page that `include_totals` asks for. */
type Listed<Options> = Options extends { params: { query: { include_totals: true } } }
  ? AuthenticationMethodPage
  : Options extends {
        params: { path?: unknown; query?: { include_totals?: false; page?: unknown; per_page?: unknown } };
      }
    ? AuthenticationMethod[]
    : AuthenticationMethod[] | AuthenticationMethodPage;

type Call<M extends Method> = <Path extends keyof Named[M] & keyof paths, Options extends Init<Path, M>>(
  url: Path,
  ...init: InitParam<Options>
) => Result<Named[M][Path]>;

/**
 * The calls whose answers have a name in the contract: openapi-fetch's types would spell them out, and could not tell
 * the list from the page that `include_totals` asks for.
 */
export interface NamedCalls {
  GET: Call<"get"> &
    (<Options extends Init<Methods, "get">>(
      url: Methods,
      ...init: InitParam<Options>
    ) => Result<Listed<Options>>);
  POST: Call<"post">;
  PUT: Call<"put">;
  PATCH: Call<"patch">;
}
